import { createInterface } from 'node:readline'
import { styleText } from 'node:util'
import { failureOf } from '../client/errors.ts'
import { type BatonClient, ClientError, type Message, type Outgoing } from '../client/index.ts'
import { ActivityPrinter } from './activity-printer.ts'
import { AnswerPrinter } from './answer-printer.ts'
import { harmless } from './markdown-style.ts'
import { tellOutages } from './outages.ts'
import { type ListedSession, PAGE } from './session-list.ts'

/** How many of the messages that were said before are shown at the start. */
const SHOWN_HISTORY = 10

const HELP = `/again   have the last answer made again
/new     begin a new conversation
/list    your conversations, the latest first, where the gateway knows you
/more    those before them
/open 2  go on with the second of them
/help    this
/quit    leave (so do Ctrl-C and Ctrl-D)`

/** A conversation between a person at a terminal and a gateway. */
export class TerminalChat {
  readonly #client: BatonClient
  readonly #list: (before: string | undefined) => Promise<readonly ListedSession[]>
  readonly #out: NodeJS.WriteStream
  #typed: string[] = []
  /** Those that were told since `/list`. */
  #listed: readonly ListedSession[] = []

  /** `list`: a page of the person's sessions, the latest first, or those before `before`; rejects with `ClientError`. */
  constructor(client: BatonClient, list: (before: string | undefined) => Promise<readonly ListedSession[]>) {
    this.#client = client
    this.#list = list
    this.#out = process.stdout.isTTY ? process.stdout : process.stderr
  }

  /** Resolves with the exit code when the person leaves. */
  async run(): Promise<number> {
    this.#say('Ctrl-C stops an answer, /help lists the commands.')
    await this.#enter()
    for (;;) {
      const line = await this.#read()
      if (line === null || line === '/quit') return 0
      await this.#do(line.trim())
    }
  }

  async #do(line: string): Promise<void> {
    if (line === '') return
    if (line === '/help') this.#say(HELP)
    else if (line === '/new') await this.#switchTo(null)
    else if (line === '/list') await this.#showList([])
    else if (line === '/more') await this.#showList(this.#listed)
    else if (/^\/open( +\d+)?$/.test(line)) await this.#openListed(Number(line.slice('/open'.length)))
    else if (line === '/again') await this.#show(this.#client.regenerate())
    else if (/^\/\w+$/.test(line))
      this.#say(
        `There is no ${line}. ${HELP.split('\n')
          .map((help) => help.split(' ')[0])
          .join(' ')}`,
      )
    else await this.#ask({ content: line })
  }

  /** Tells the page of sessions that comes after `known`. */
  async #showList(known: readonly ListedSession[]): Promise<void> {
    let page: readonly ListedSession[]
    try {
      page = await this.#list(known.at(-1)?.lastActivity)
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      return this.#complain(error.message)
    }
    this.#listed = [...known, ...page]
    const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
    for (const [index, { lastActivity, title }] of page.entries()) {
      const words = title === '' ? '(nothing was said)' : harmless(title)
      this.#say(`${String(known.length + index + 1).padStart(2)}  ${when.format(new Date(lastActivity))}  ${words}`)
    }
    if (page.length === 0) this.#say(known.length === 0 ? 'There are none.' : 'There are no more.')
    else
      this.#say(`/open and a number goes on with one of them${page.length < PAGE ? '' : '; /more tells those before'}.`)
  }

  async #openListed(number: number): Promise<void> {
    const session = this.#listed[number - 1]
    if (session === undefined) this.#complain('/list tells the numbers there are')
    else await this.#switchTo(session.id)
  }

  async #switchTo(sessionId: string | null): Promise<void> {
    this.#client.switchTo(sessionId)
    const unsubscribe = tellOutages(this.#client, (text) => this.#say(text))
    await this.#client.open().finally(unsubscribe)
    await this.#enter()
  }

  /** Shows the session that is open: what was said in it, the answer that runs, and what had not reached the gateway, which is sent now. */
  async #enter(): Promise<void> {
    const { session, messages, outbox } = this.#client.state
    this.#say(`Session ${session?.id}.`)
    this.#showHistory(messages)
    const running = messages.find(({ status }) => status === 'streaming')
    if (running !== undefined) await this.#show(Promise.resolve(running))
    for (const unsent of outbox.filter(({ status }) => status === 'pending')) {
      this.#showQuestion(unsent.content)
      await this.#ask(unsent)
    }
  }

  /** Sends a question and shows its answer. One with the `id` of a question that is on its way is that one (M2). */
  #ask({ content, metadata, id }: Pick<Outgoing, 'content' | 'metadata'> & { readonly id?: string }): Promise<void> {
    return this.#show(this.#client.send(content, metadata, id).then(({ answer }) => answer))
  }

  /** Writes an answer as it comes. Ctrl-C stops it; once more, and the program ends. */
  async #show(asked: Promise<Message>): Promise<void> {
    const printer = new AnswerPrinter(process.stdout)
    const activity = new ActivityPrinter(this.#out)
    const tell = (text: string) => {
      activity.end()
      if (this.#out === process.stdout) printer.pause()
      this.#say(text)
    }
    const releases = [
      this.#stopOnInterrupt(asked, tell),
      tellOutages(this.#client, tell),
      this.#printActivity(activity),
    ]
    try {
      const { id } = await asked
      const final = await this.#client.follow(id, (view) => printer.print(view))
      activity.end()
      printer.end()
      this.#tellEnd(final)
    } catch (error) {
      activity.end()
      printer.end()
      if (!(error instanceof ClientError)) throw error
      this.#complain(error.message)
      for (const { id } of this.#client.state.outbox) this.#client.discard(id)
    } finally {
      for (const release of releases) release()
    }
  }

  /** Gives the function that ends it. */
  #stopOnInterrupt(asked: Promise<Message>, tell: (text: string) => void): () => void {
    const leave = () => process.exit(0)
    const stop = () => {
      process.once('SIGINT', leave)
      if (this.#client.state.connection !== 'online')
        tell('(it is stopped once there is a connection; Ctrl-C again leaves)')
      asked.then(() => this.#client.stop()).catch(() => {})
    }
    process.once('SIGINT', stop)
    return () => {
      process.off('SIGINT', stop)
      process.off('SIGINT', leave)
    }
  }

  /** Gives the function that ends it. */
  #printActivity(printer: ActivityPrinter): () => void {
    return this.#client.subscribe(({ messages, activity }) => {
      const isBefore = messages.at(-1)?.content === '' // in the middle of an answer it would break the line
      if (isBefore) printer.print(activity)
      else printer.end()
    })
  }

  #tellEnd(answer: Message): void {
    const { status, metadata } = answer
    const replicas = Array.isArray(metadata.replicas) ? metadata.replicas : []
    if (status === 'stopped') this.#say('(stopped)')
    else if (status === 'error') this.#complain(`${failureOf(answer)} (/again asks once more)`)
    if (replicas.length > 1) this.#say(`(written by ${replicas.join(', then ')})`)
  }

  #showHistory(messages: readonly Message[]): void {
    const shown = messages.filter(({ status }) => status !== 'streaming').slice(-SHOWN_HISTORY)
    const earlier = messages.length - shown.length
    if (earlier > 0 && shown.length > 0) this.#say(`(${earlier} earlier messages)`)
    for (const message of shown) {
      if (message.role === 'user') this.#showQuestion(message.content)
      else {
        const printer = new AnswerPrinter(process.stdout)
        printer.print(message)
        printer.end()
      }
    }
  }

  #showQuestion(content: string): void {
    process.stdout.write(`${this.#prompt}${harmless(content)}\n`)
  }

  /** What is typed next, several lines where several were pasted; null where the person leaves. */
  #read(): Promise<string | null> {
    const { promise, resolve } = Promise.withResolvers<string | null>()
    const lines: string[] = []
    const input = createInterface({
      input: process.stdin,
      output: this.#out,
      prompt: this.#prompt,
      history: this.#typed,
    })
    input.on('history', (typed) => {
      this.#typed = typed
    })
    input.on('SIGINT', () => input.close())
    input.on('line', (line) => {
      lines.push(line)
      if (lines.length === 1) setImmediate(() => input.close())
    })
    input.on('close', () => {
      if (lines.length > 0 && input.line !== '') lines.push(input.line) // what is pasted seldom ends with the end of a line
      if (lines.length === 0 || input.line !== '') this.#out.write('\n')
      resolve(lines.length === 0 ? null : lines.join('\n'))
    })
    input.prompt()
    return promise
  }

  get #prompt(): string {
    return styleText(['bold', 'green'], '› ', { stream: this.#out })
  }

  #say(text: string): void {
    this.#out.write(`${styleText('dim', text, { stream: this.#out })}\n`)
  }

  #complain(text: string): void {
    process.stderr.write(`${styleText('red', harmless(text), { stream: process.stderr })}\n`)
  }
}
