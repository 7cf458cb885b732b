import type { IncomingMessage } from 'node:http'
import { GO_ON } from '../../src/model/continuation.ts'

/** One request that the model got. */
export interface ModelCall {
  readonly kind: 'create' | 'retrieve' | 'cancel'
  readonly wire: 'chat' | 'responses'
  /** With its query. */
  readonly path: string
  /** Of `retrieve` and `cancel`. */
  readonly responseId: string | null
  readonly headers: IncomingMessage['headers']
  /** Parsed; `{}` for a GET. */
  readonly body: Record<string, unknown>
  /** The conversation that it was given, without what only asks it to go on. */
  readonly turns: readonly { readonly role: string; readonly content: string }[]
  /** The text that it is asked to go on with, in whichever style; null for an answer from the start. */
  readonly continues: string | null
  /** The client left before the answer's end. */
  readonly disconnected: boolean
  /** The answer has been sent to its end. */
  readonly answered: boolean
}

export type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** Reads a request: `unknown` where it is none that a model answers, `left` where the client left before it had said what it wanted. */
export async function readCall(request: IncomingMessage): Promise<Writable<ModelCall> | 'unknown' | 'left'> {
  const path = request.url ?? ''
  const { pathname } = new URL(path, 'http://model')
  const [, wire, id, verb] = /^\/v1\/(chat\/completions|responses)(?:\/([^/]+))?(?:\/(cancel))?$/.exec(pathname) ?? []
  if (wire === undefined) return 'unknown'
  const body = await readJson(request).catch(() => null)
  if (body === null) return 'left'
  return {
    kind: verb === 'cancel' ? 'cancel' : id === undefined ? 'create' : 'retrieve',
    wire: wire === 'responses' ? 'responses' : 'chat',
    path,
    responseId: id ?? null,
    headers: request.headers,
    body,
    ...promptOf(body),
    disconnected: false,
    answered: false,
  }
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
