import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { GO_ON } from '../../src/model/continuation.ts'
import { BackgroundResponse } from './scripted-model-background.ts'
import { speakChat } from './scripted-model-chat.ts'
import { Output } from './scripted-model-output.ts'
import type { Step } from './scripted-model-steps.ts'

export * from './scripted-model-steps.ts'

/** One request that the model got. */
export interface ModelCall {
  readonly kind: 'create' | 'retrieve' | 'cancel'
  readonly wire: 'chat' | 'responses'
  /** With its query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** Parsed; `{}` for a GET. */
  readonly body: Record<string, unknown>
  /** The conversation that it was given, without what only asks it to go on. */
  readonly turns: readonly { readonly role: string; readonly content: string }[]
  /** The text that it is asked to go on with, in whichever style; null for an answer from the start. */
  readonly continues: string | null
  /** The client left before the answer's end. */
  readonly disconnected: boolean
}

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

/** A real HTTP server on 127.0.0.1 that speaks both wires, chat completions and (background) responses, as the test says. */
export class ScriptedModel {
  /** Base URL, ending in /v1: OPENAI_BASE_URL of a gateway. */
  readonly url: string
  /** Every request so far, in order. */
  readonly requests: readonly ModelCall[]
  /** Cuts everything that is sent into HTTP chunks of so many bytes, wherever that may be in a character. */
  chunkBytes: number | undefined
  readonly #calls: Mutable<ModelCall>[] = []
  readonly #backgrounds = new Map<string, BackgroundResponse>()
  readonly #server = createServer((request, response) => this.#accept(request, response))
  readonly #closing = new AbortController()
  readonly #waiters = new Set<() => void>()
  #script: Script = () => ['Hello']
  #cancels = 0

  static async start(): Promise<ScriptedModel> {
    const model = new ScriptedModel()
    model.#server.listen(0, '127.0.0.1')
    await once(model.#server, 'listening')
    return Object.assign(model, { url: `http://127.0.0.1:${(model.#server.address() as AddressInfo).port}/v1` })
  }

  private constructor() {
    this.url = ''
    this.requests = this.#calls
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

  /** Resolves as soon as `condition` holds; it is looked at whenever a request comes, is dropped, or cancels. */
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
    const out = new Output(response, () => this.chunkBytes)
    this.#serve(request, out).catch((error) => {
      response.destroy()
      if (!this.#closing.signal.aborted) throw error // a mistake in a script ends the test run
    })
  }

  async #serve(request: IncomingMessage, out: Output): Promise<void> {
    const body = await readJson(request).catch(() => null)
    if (body === null) return // the client left before it had said what it wanted
    const path = request.url ?? ''
    const { pathname, searchParams } = new URL(path, this.url)
    const [, wire, id, verb] = /^\/v1\/(chat\/completions|responses)(?:\/([^/]+))?(?:\/(cancel))?$/.exec(pathname) ?? []
    if (wire === undefined) return out.json(404, { error: { message: 'no such route' } })
    const kind = verb === 'cancel' ? 'cancel' : id === undefined ? 'create' : 'retrieve'
    const call: Mutable<ModelCall> = {
      kind,
      wire: wire === 'responses' ? 'responses' : 'chat',
      path,
      headers: request.headers,
      body,
      ...promptOf(body),
      disconnected: false,
    }
    this.#calls.push(call)
    void out.gone.then(() => {
      call.disconnected = !out.finished && !this.#closing.signal.aborted
      this.#wake()
    })
    this.#wake()
    if (kind === 'create') return this.#create(call, out)

    const background = this.#backgrounds.get(id ?? '')
    if (background === undefined) return out.json(404, { error: { message: 'no such response', code: 'not_found' } })
    if (kind === 'cancel') {
      background.cancel()
      this.#cancels++
      this.#wake()
      return out.json(200, background.describe())
    }
    if (searchParams.get('stream') !== 'true') return out.json(200, background.describe())
    return background.follow(out, Number(searchParams.get('starting_after') ?? -1))
  }

  async #create(call: Mutable<ModelCall>, out: Output): Promise<void> {
    const steps = iterate(this.#script(call))
    const model = String(call.body.model)
    if (call.wire === 'chat') {
      await speakChat(steps, out, model)
      return
    }
    const first = await steps.next()
    const step = first.done ? '' : first.value
    if (typeof step !== 'string' && step.do === 'refuse') return out.json(step.status, step.body, step.headers)
    const id = `resp_${this.#calls.length}`
    const background = new BackgroundResponse(id, model)
    this.#backgrounds.set(id, background)
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

export function startScriptedModel(): Promise<ScriptedModel> {
  return ScriptedModel.start()
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function wordsOf(text: string): string[] {
  return text.split(/(?<=\s)(?=\S)/)
}

async function* iterate(steps: Iterable<Step> | AsyncIterable<Step>): AsyncGenerator<Step> {
  yield* steps
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString())
}

/** Takes the request to go on, in any style, apart from the conversation. */
function promptOf(body: Record<string, unknown>): Pick<ModelCall, 'turns' | 'continues'> {
  const turns = (body.messages ?? body.input ?? []) as ModelCall['turns']
  const last = turns.at(-1)
  if (last?.role === 'assistant') return { turns: turns.slice(0, -1), continues: last.content }
  const cut = turns.at(-2)
  if (last?.content === GO_ON && cut?.role === 'assistant') return { turns: turns.slice(0, -2), continues: cut.content }
  return { turns, continues: null }
}
