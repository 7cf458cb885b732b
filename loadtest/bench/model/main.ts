// The model stand-in: a provider of Chat Completions that sends what a prompt asks for (workload.ts), at its pace, and
// notes when. Its CPU counts for nobody, but must leave the machine to the others: nothing is made per token.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { now } from '../lib/clock.ts'
import { serve } from '../lib/remote.ts'
import { type Answer, answerTo, TOKEN_LENGTH, textOf, tokenAt } from '../workload.ts'
import { FIRST_CHUNK, lastChunks, TOKEN_CHUNKS, textChunks } from './chunks.ts'
import { Wheel } from './wheel.ts'

/** What was sent of one answer. */
export interface SentStream {
  readonly stream: number
  /** When each token was sent, on the shared clock. */
  readonly sentAt: Float64Array
}

export interface ModelProcess {
  /** The port that it answers on. */
  listen(): Promise<number>
  /** What was sent since the last time; a stream that was asked for twice is there twice. */
  collect(): SentStream[]
  /** As `collect`, for who does not want to know. */
  forget(): void
}

/** Tokens in one event of an answer's head, and of what a continuation starts with. */
const PIECE = 1000

class RunningAnswer {
  readonly #answer: Answer
  readonly #response: ServerResponse
  readonly #sentAt: Float64Array
  #sent: number

  constructor(answer: Answer & { readonly from: number }, response: ServerResponse) {
    this.#answer = answer
    this.#response = response
    this.#sentAt = new Float64Array(answer.tokens)
    this.#sent = Math.ceil(answer.from)
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).flushHeaders()
    this.#write(FIRST_CHUNK)
    this.#catchUp(answer.from)
  }

  /** The rest of a token that a continuation begins within, and the head. */
  #catchUp(from: number): void {
    const { stream, head } = this.#answer
    const given = Math.floor(from)
    const due = Math.max(this.#sent, head)
    const text = textOf(stream, given, due).slice(Math.round((from - given) * TOKEN_LENGTH))
    if (text !== '') this.#write(textChunks(text, PIECE * TOKEN_LENGTH))
    this.#sentAt.fill(now(), this.#sent, due)
    this.#sent = due
  }

  /** Sends the next token; false at the end. */
  next(): boolean {
    const { stream, tokens } = this.#answer
    if (this.#response.destroyed) return false
    if (this.#sent === tokens) {
      this.#write(lastChunks(tokens))
      this.#response.end()
      return false
    }
    this.#sentAt[this.#sent] = now()
    const chunk = TOKEN_CHUNKS[tokenAt(stream, this.#sent++)]
    if (chunk !== undefined) this.#write(chunk)
    return true
  }

  get record(): SentStream {
    return { stream: this.#answer.stream, sentAt: this.#sentAt.subarray(0, this.#sent) }
  }

  /** Straight to the connection: the chunk carries its HTTP framing, and `response.write` would cost as much again. */
  #write(chunk: Buffer): void {
    this.#response.socket?.write(chunk)
  }
}

let answers: RunningAnswer[] = []
const wheels = new Map<number, Wheel<RunningAnswer>>()

function wheelFor(rate: number): Wheel<RunningAnswer> {
  const wheel = wheels.get(rate) ?? new Wheel<RunningAnswer>(1000 / rate, (answer) => answer.next())
  wheels.set(rate, wheel)
  return wheel
}

async function bodyOf(request: IncomingMessage): Promise<{ messages?: Parameters<typeof answerTo>[0] }> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return JSON.parse(Buffer.concat(parts).toString())
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { messages } = await bodyOf(request)
  const asked = answerTo(messages ?? [])
  if (asked === undefined) {
    response.writeHead(400).end('{"error":{"message":"no message asks for an answer"}}')
    return
  }
  const answer = new RunningAnswer(asked, response)
  answers.push(answer)
  wheelFor(asked.rate).add(answer)
}

const server = createServer((request, response) => {
  respond(request, response).catch(() => response.destroy())
})

serve<ModelProcess>({
  async listen() {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  },
  collect() {
    const sent = answers.map((answer) => answer.record)
    answers = []
    return sent
  },
  forget() {
    answers = []
  },
})
