import { randomUUID } from 'node:crypto'
import { Agent, type ClientRequestArgs } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { BatonClient, ClientError } from '../../../src/client/index.ts'
import type { Message } from '../../../src/protocol/message.ts'
import type { Participant, Surroundings, Unsigned } from './participant.ts'

/** A client of the SDK, as a page uses it. It looks after its connection itself; what it holds is checked, not what it was told. */
export class SdkPerson implements Participant {
  readonly name: string
  readonly #around: Surroundings
  readonly #network = new Network()
  readonly #client: BatonClient

  /** `sessionId`: null for who begins a session of its own. */
  constructor(name: string, url: string, around: Surroundings, sessionId: string | null = null) {
    this.name = name
    this.#around = around
    const stored = new Map(sessionId === null ? [] : [['baton:session', sessionId]])
    this.#client = new BatonClient({
      url,
      socketOptions: { agent: this.#network as unknown as string }, // that is what Node's WebSocket takes; it is typed for browsers
      storage: {
        getItem: (key) => stored.get(key) ?? null,
        setItem: (key, value) => stored.set(key, value),
        removeItem: (key) => stored.delete(key),
      },
    })
    this.#client.observe(({ name, data }) => {
      if (name === 'backend') this.#record({ kind: 'backend', backend: data.backend })
      if (name === 'opened') this.#record({ kind: 'served', sessionId: data.session.id, replica: data.replica })
    })
  }

  get held(): ReadonlyMap<string, Message> {
    return new Map(this.#client.state.messages.map((message) => [message.id, message]))
  }

  get sessionId(): string | null {
    return this.#client.state.session?.id ?? null
  }

  get isHere(): boolean {
    const { connection, ended } = this.#client.state
    return connection === 'online' && ended === null // what is over stays shown
  }

  drop(): void {
    this.#network.fail()
  }

  async join(): Promise<string> {
    for (;;) {
      this.#around.over.throwIfAborted()
      await this.#client.open()
      if (this.sessionId !== null) return this.sessionId
    }
  }

  async ask(content: string): Promise<Message | null> {
    return this.#ended((await this.post(content)).id)
  }

  async post(content: string): Promise<Message> {
    const id = randomUUID()
    for (;;) {
      const sessionId = await this.join()
      this.#record({ kind: 'sent', sessionId, id, content })
      try {
        const { message, answer, persisted } = await this.#client.send(content, undefined, id)
        this.#record({ kind: 'acknowledged', sessionId, message, answer, persisted })
        return answer
      } catch (error) {
        if (!(error instanceof ClientError) || !(error.retryable || isGone(error))) throw error
        this.#client.discard(id)
        await this.#rest()
      }
    }
  }

  async regenerate({ id, attempt }: Message): Promise<Message | null> {
    for (;;) {
      await this.join()
      const held = this.held.get(id)
      if (held === undefined) return null
      if (held.attempt > attempt) return this.#ended(id)
      await this.#client.regenerate().catch(() => {}) // refused: it is tried again
      await this.#rest()
    }
  }

  async watch(): Promise<void> {
    await this.join()
  }

  leave(): void {
    this.#client.close()
  }

  /** Null where the answer was lost. */
  async #ended(messageId: string): Promise<Message | null> {
    try {
      return await this.#client.follow(messageId)
    } catch (error) {
      if (isGone(error)) return null
      throw error
    }
  }

  async #rest(): Promise<void> {
    await pause(this.#around.random.between(30, 150))
  }

  #record(entry: Unsigned): void {
    this.#around.record({ ...entry, person: this.name, socket: 0 })
  }
}

/** The session or the message is not there any more. */
function isGone(error: unknown): boolean {
  return error instanceof ClientError && error.code.endsWith('_not_found')
}

/** Connections that can be made to fail. */
class Network extends Agent {
  readonly #sockets = new Set<Socket>()

  override createConnection(...args: Parameters<Agent['createConnection']>): ReturnType<Agent['createConnection']> {
    const made = super.createConnection(...(args as [ClientRequestArgs]))
    const socket = made as Socket
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    return made
  }

  fail(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }
}
