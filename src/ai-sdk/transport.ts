import type { ChatRequestOptions, ChatTransport, UIMessageChunk } from 'ai'
import { BatonClient, type BatonClientOptions, ClientError, type Message, type Outgoing } from '../client/index.ts'
import { uuid } from '../client/uuid.ts'
import { streamAnswer } from './answer-stream.ts'
import { type BatonUIMessage, outgoingOf, textOf, uiMessageOf } from './ui-message.ts'

interface SendOptions extends ChatRequestOptions {
  readonly trigger: 'submit-message' | 'regenerate-message'
  readonly messageId: string | undefined
  readonly messages: BatonUIMessage[]
  readonly abortSignal: AbortSignal | undefined
}

/** A message that is on its way, or was refused. */
interface Undelivered {
  readonly id: string
  sent: Promise<Message> | null
  /** How often its answer was asked for: only who asked last may stop it. */
  asks: number
}

/**
 * One conversation with a gateway as a transport of `useChat`: `useChat({ transport, resume: true })`. It follows the session over
 * lost connections and dead replicas by itself, and takes a running answer up after a reload. A chat's id is not Baton's session
 * id, which is kept in the client's storage: a second conversation takes a second transport with another `storageKey`.
 */
export class BatonChatTransport implements ChatTransport<BatonUIMessage> {
  readonly client: BatonClient
  /** A resumed answer is told from its start. */
  readonly resumeStreamIsReplay = true
  readonly #ownsClient: boolean
  /** Messages on their way, by the AI SDK's id: to regenerate such a one's answer is to go on sending it. So it is for what was refused before a reload. */
  readonly #undelivered = new Map<string, Undelivered>()
  /** The last stop that was asked for, until it is settled: so long its answer may still run. */
  #stopping: Promise<unknown> = Promise.resolve()
  #resumes = 0

  constructor(options: BatonClientOptions | BatonClient = {}) {
    this.#ownsClient = !(options instanceof BatonClient)
    this.client = options instanceof BatonClient ? options : new BatonClient(options)
  }

  /** Sends the last message, or has its answer made again. Aborting `abortSignal` stops the answer at the gateway, for everyone. */
  async sendMessages(options: SendOptions): Promise<ReadableStream<UIMessageChunk>> {
    const { trigger, messages, abortSignal } = options
    abortSignal?.throwIfAborted()
    const asked = trigger === 'regenerate-message' ? this.#regenerate(options) : this.#submit(options)
    const undelivered = this.#undelivered.get(messages.at(-1)?.id ?? '')
    const asks = undelivered?.asks
    this.#stopOnAbort(asked, abortSignal, () => undelivered?.asks === asks)
    return streamAnswer(this.client, (await unlessAborted(asked, abortSignal)).id)
  }

  /** The running answer from its start, or null where none runs. Rejects where the client is refused for good. Aborting before that is known only ends the asking. */
  async reconnectToStream({ abortSignal }: { abortSignal?: AbortSignal | undefined }) {
    this.#resumes++
    const answer = await unlessAborted(this.#running(), abortSignal)
    if (answer === undefined) return null
    this.#stopOnAbort(Promise.resolve(answer), abortSignal)
    return streamAnswer(this.client, answer.id)
  }

  /** What was said so far, for `setMessages` after a reload: the running answer included, what was refused, and what waits to be sent. */
  async history(): Promise<BatonUIMessage[]> {
    await this.client.open()
    const { session, messages, outbox } = this.client.state
    const outgoing = (wanted: Outgoing['status']) => outbox.filter(({ status }) => status === wanted)
    const refused = outgoing('failed').filter(({ sessionId }) => sessionId === session?.id)
    const said = messages.map(uiMessageOf)
    // A running answer goes on where it is the last message; else `useChat` shows it once more.
    const running = messages.at(-1)?.status === 'streaming' ? said.splice(-2) : []
    return [...said, ...refused.map(outgoingOf), ...running, ...outgoing('pending').map(outgoingOf)]
  }

  /** Ends the connection; the session, and an answer that streams, go on at the gateway. */
  close(): void {
    if (this.#ownsClient) this.client.close()
  }

  async #submit({ messages, messageId }: SendOptions): Promise<Message> {
    const last = messages.at(-1)
    if (last?.role !== 'user') throw new ClientError('invalid', 'the last message must be one of the user')
    if (messageId !== undefined) throw new ClientError('invalid', 'a message that was sent cannot be changed')
    return this.#send(last)
  }

  async #regenerate({ messages, messageId }: SendOptions): Promise<Message> {
    const question = messages.at(-1)
    if (question === undefined) throw new ClientError('invalid', 'there is no message to answer')
    const { outbox, messages: said, answering } = this.client.state
    const undelivered = this.#undelivered.get(question.id)
    // By `client.retry`, say: it was answered since.
    const isAnswered = undelivered?.sent === null && !answering && said.some(({ id }) => id === undelivered.id)
    if (isAnswered) this.#undelivered.delete(question.id)
    const isRefused = outbox.some(({ id, status }) => id === question.id && status === 'failed')
    if (isRefused || this.#undelivered.has(question.id)) return this.#send(question)
    const stopping = this.#stopping // that of this very request, which may come meanwhile, waits for it
    await this.client.open()
    await stopping
    const held = this.client.state.messages
    const asked = held.findLastIndex(({ role }) => role === 'user')
    // Two questions may have the same words.
    const isEarlier = held.slice(0, Math.max(0, asked)).some(({ id }) => id === messageId)
    if (isEarlier || held[asked]?.content !== textOf(question))
      throw new ClientError('invalid', 'only the last answer can be made again')
    return this.client.regenerate()
  }

  /** Gives the answer that is about to stream. */
  async #send(message: BatonUIMessage): Promise<Message> {
    const id = isUuid(message.id) ? message.id : uuid()
    const one = this.#undelivered.get(message.id) ?? { id, sent: null, asks: 0 }
    this.#undelivered.set(message.id, one)
    one.asks++
    const opened = this.client.open()
    one.sent ??= this.#deliver(one, message)
    const { sent } = one
    sent.catch(() => {}) // where `open` fails, nobody waits for it here
    await opened
    return sent
  }

  async #deliver(one: Undelivered, message: BatonUIMessage): Promise<Message> {
    const { id } = one
    try {
      const kept = this.client.state.outbox.find((outgoing) => outgoing.id === id)
      const { metadata } = kept ?? message.metadata ?? {} // the message of a page that was reloaded also says why it was refused
      const { answer } = await this.client.send(textOf(message), metadata, id)
      this.#undelivered.delete(message.id)
      return answer
    } catch (error) {
      one.sent = null
      throw error
    }
  }

  /** The running answer, once the session is open and what waited to be sent has been. */
  async #running(): Promise<Message | undefined> {
    await this.client.open()
    return new Promise((resolve, reject) => {
      const look = () => {
        const { connection, error, outbox, messages } = this.client.state
        const isRefused = connection === 'offline' && error?.retryable === false
        const isTried = connection !== 'idle' && !isRefused
        if (isTried && outbox.some(({ status }) => status === 'pending')) return
        unsubscribe()
        if (isRefused) reject(error)
        else resolve(messages.findLast(({ status }) => status === 'streaming'))
      }
      const unsubscribe = this.client.subscribe(look)
      look()
    })
  }

  /** As soon as the gateway has said which answer it is; unless it is asked for again by then. */
  #stopOnAbort(asked: Promise<Message>, signal: AbortSignal | undefined, isLast = () => true): void {
    const stop = async () => {
      const resumes = this.#resumes
      await null // a resume aborts the one before it and asks at once: the answer is to go on
      if (resumes !== this.#resumes) return
      const { id } = await asked
      const isRunning = this.client.state.messages.some((one) => one.id === id && one.status === 'streaming')
      if (isRunning && isLast()) await this.client.stop()
    }
    const aborted = () => {
      this.#stopping = stop().catch(() => {}) // the state shows whether it worked
    }
    signal?.addEventListener('abort', aborted, { once: true })
  }
}

/** Canonical, as the gateway gives it back. */
function isUuid(id: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)
}

/** What `work` gives, or the signal's reason as soon as that is aborted. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  let abort = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason)
  })
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
