import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Latch } from './conditions.ts'
import { BackgroundResponse } from './scripted-model-background.ts'
import { type ModelCall, readCall, type Writable } from './scripted-model-call.ts'
import { speakChat } from './scripted-model-chat.ts'
import { Output } from './scripted-model-output.ts'
import type { Step } from './scripted-model-steps.ts'

export type { ModelCall } from './scripted-model-call.ts'
export * from './scripted-model-steps.ts'

/**
 * What the model does with a request: mostly a generator that yields steps and, where the test wants it to wait, awaits a
 * promise that the test resolves. It starts with the request; yielding `refuse` first answers with an HTTP error.
 */
export type Script = (call: ModelCall) => Iterable<Step> | AsyncIterable<Step>

export interface SayOptions {
  /** Milliseconds between two pieces, for tests that need an answer to last; none by default. */
  readonly everyMs?: number
  /** How many characters a continuation repeats of the text that it continues. */
  readonly repeats?: number
}

/**
 * A real HTTP server on 127.0.0.1 that speaks both wires, chat completions and (background) responses, as the test says:
 *
 *     const model = await startScriptedModel()
 *     model.say('one answer for all')
 *     model.answers(({ turns }) => `you said ${turns.at(-1)?.content}`)
 *     model.script(async function* () {
 *       yield 'seen at once '
 *       await gate
 *       yield reset
 *     })
 *     await model.until(() => model.generations === 2)
 */
export class ScriptedModel {
  /** Cuts everything that is sent into HTTP chunks of so many bytes, wherever that may be in a character. */
  chunkBytes: number | undefined
  /** Replays a background response from its start whatever it is asked for. */
  ignoresStartingAfter = false
  readonly #calls: Writable<ModelCall>[] = []
  readonly #backgrounds = new Map<string, BackgroundResponse>()
  readonly #server = createServer((request, response) => this.#accept(request, response))
  readonly #outputs = new Set<Output>()
  readonly #closing = new AbortController()
  readonly #waiters = new Set<() => void>()
  #script: Script = () => ['Hello']
  #responses = 0
  #cancels = 0
  #connections = 0

  async listen(): Promise<this> {
    this.#server.on('connection', () => this.#connections++)
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  /** Base URL, ending in /v1: OPENAI_BASE_URL of a gateway. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`
  }

  /** Every request so far, in order. */
  get requests(): readonly ModelCall[] {
    return this.#calls
  }

  /** From now on every request gets this answer, in these pieces (of a string: its words). A request to continue it gets the rest. */
  say(text: string | readonly string[], options: SayOptions = {}): void {
    const pieces = typeof text === 'string' ? wordsOf(text) : text
    this.script((call) => this.#tell(pieces, call, options))
  }

  /** From now on the answer is computed from the request, and continued like that of `say`. */
  answers(compute: (call: ModelCall) => string, options: SayOptions = {}): void {
    this.script((call) => this.#tell(wordsOf(compute(call)), call, options))
  }

  /** From now on every answer is `first`, and `rest` once the latch is open. A request to continue it gets what is missing. */
  saysInTwo(first: string, rest: string): Latch {
    const latch = new Latch()
    this.script(async function* ({ continues }) {
      const said = continues?.length ?? 0
      if (said < first.length) yield first.slice(said)
      await latch.opened
      yield rest.slice(Math.max(0, said - first.length))
    })
    return latch
  }

  /** From now on every request that creates an answer runs this script. */
  script(script: Script): void {
    this.#script = script
  }

  /** How often an answer was asked for from its start. */
  get generations(): number {
    return this.#calls.filter(({ kind, continues }) => kind === 'create' && continues === null).length
  }

  /** How many responses were cancelled. */
  get cancels(): number {
    return this.#cancels
  }

  /** How many requests were dropped by the client before their answer's end. */
  get disconnects(): number {
    return this.#calls.filter(({ disconnected }) => disconnected).length
  }

  /** How many requests were answered to the end, as far as the network took it. */
  get answered(): number {
    return this.#calls.filter(({ answered }) => answered).length
  }

  /** How many answers wait for a client that does not read. */
  get stalled(): number {
    return [...this.#outputs].filter(({ stalled }) => stalled).length
  }

  /** How many connections were made to it. */
  get connections(): number {
    return this.#connections
  }

  /** Closes every connection, idle or not, without a word. */
  dropConnections(): void {
    this.#server.closeAllConnections()
  }

  /** Resolves as soon as `condition` holds; it is looked at whenever a request comes, ends, is dropped, stalls, or cancels. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      this.#closing.signal.throwIfAborted()
      await new Promise<void>((resolve) => this.#waiters.add(resolve))
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the scripted model was closed'))
    for (const background of this.#backgrounds.values()) background.cancel()
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    this.#wake()
    await closed
  }

  #accept(request: IncomingMessage, response: ServerResponse): void {
    const out = new Output(response, { chunkBytes: () => this.chunkBytes, changed: () => this.#wake() })
    this.#outputs.add(out)
    this.#serve(request, out).catch((error) => {
      response.destroy()
      if (!this.#closing.signal.aborted) throw error // a mistake in a script ends the test run
    })
  }

  async #serve(request: IncomingMessage, out: Output): Promise<void> {
    const call = await readCall(request)
    if (call === 'left') return
    if (call === 'unknown') return out.json(404, { error: { message: 'no such route' } })
    this.#calls.push(call)
    void out.gone.then(() => {
      call.answered = out.finished
      call.disconnected = !out.finished && !this.#closing.signal.aborted
      this.#outputs.delete(out)
      this.#wake()
    })
    this.#wake()
    if (call.kind === 'create') return this.#create(call, out)

    const background = this.#backgrounds.get(call.responseId ?? '')
    if (background === undefined) return out.json(404, { error: { message: 'no such response', code: 'not_found' } })
    if (call.kind === 'cancel') {
      background.cancel()
      this.#cancels++
      this.#wake()
      return out.json(200, background.describe())
    }
    const { searchParams } = new URL(call.path, this.url)
    if (searchParams.get('stream') !== 'true') return out.json(200, background.describe())
    const after = this.ignoresStartingAfter ? -1 : Number(searchParams.get('starting_after') ?? -1)
    return background.follow(out, after)
  }

  async #create(call: ModelCall, out: Output): Promise<void> {
    const steps = iterate(this.#script(call))
    const model = String(call.body.model)
    if (call.wire === 'chat') {
      return speakChat(steps, out, model)
    }
    const first = await steps.next()
    const step = first.done ? '' : first.value
    if (typeof step !== 'string' && step.do === 'refuse') return out.json(step.status, step.body, step.headers)
    const id = `resp_${++this.#responses}`
    const background = new BackgroundResponse(id, model)
    if (call.body.background === true) this.#backgrounds.set(id, background)
    else void out.gone.then(() => background.cancel()) // its work is the client's: none, no work
    const followed = background.follow(out, -1)
    await background.produce(first, steps)
    await followed
  }

  async *#tell(
    pieces: readonly string[],
    { continues }: ModelCall,
    { everyMs, repeats = 0 }: SayOptions,
  ): AsyncGenerator<Step> {
    const text = pieces.join('')
    let skip = continues !== null && text.startsWith(continues) ? Math.max(0, continues.length - repeats) : 0
    for (const piece of pieces) {
      const rest = piece.slice(skip)
      skip -= piece.length - rest.length
      if (rest === '') continue
      if (everyMs !== undefined) await pause(everyMs, undefined, { signal: this.#closing.signal })
      yield rest
    }
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter()
    this.#waiters.clear()
  }
}

/** A scripted model that listens, and answers `Hello` until it is told otherwise. Close it after the test. */
export function startScriptedModel(): Promise<ScriptedModel> {
  return new ScriptedModel().listen()
}

function wordsOf(text: string): string[] {
  return text.split(/(?<=\s)(?=\S)/)
}

async function* iterate(steps: Iterable<Step> | AsyncIterable<Step>): AsyncGenerator<Step> {
  yield* steps
}
