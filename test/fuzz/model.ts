import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import {
  chunk,
  DONE,
  head,
  LAST_CHUNK,
  named,
  RawProvider,
  type RawRequest,
  STOP,
  say,
} from '../support/raw-provider.ts'
import type { ProviderAttack } from './attack.ts'

/** In each text that the good clients are shown; nobody else may ever see it. */
export const SECRET = 'for-your-eyes-only'
const PIECES = 25
const PIECE_MS = 8
/** A connection that a hostile reply leaves open is cut after so long. */
const KEEP_MS = 1000

type Reply = Pick<ProviderAttack, 'parts' | 'end'>

/** What the answer to `count <id>` says. */
export const countedBy = (id: string): string => pieces(id).join('')

const pieces = (id: string): string[] => Array.from({ length: PIECES }, (_, i) => `${SECRET} ${id} ${i} 👍`)

/** The provider of all: it counts for the good clients, replies to attackers as they wish, and says `ok` to whatever else. */
export class Model {
  readonly #provider = new RawProvider()
  readonly #replies = new Map<string, Reply>()

  async start(): Promise<this> {
    this.#provider.handler = (socket, request) => this.#handle(socket, request)
    await this.#provider.listen()
    return this
  }

  get url(): string {
    return `${this.#provider.origin}/v1`
  }

  /** Until it is taken back, who asks with `hostile <key>` is replied to like this. */
  expect(key: string, reply: Reply): () => void {
    this.#replies.set(key, reply)
    return () => this.#replies.delete(key)
  }

  close(): Promise<void> {
    return this.#provider.close()
  }

  #handle(socket: Socket, request: RawRequest): void {
    this.#provider.requests.length = 0
    const asked = [...JSON.stringify(request.body).matchAll(/(count|hostile) ([\w-]+)\./g)].at(-1)
    const [, kind, key = ''] = asked ?? []
    const reply = this.#replies.get(key)
    const isChat = request.path.endsWith('/chat/completions')
    if (kind === 'hostile' && reply !== undefined) void hostile(socket, reply)
    else void stream(socket, isChat, kind === 'count' ? pieces(key) : ['ok'], kind === 'count' ? PIECE_MS : 0)
  }
}

async function hostile(socket: Socket, { parts, end }: Reply): Promise<void> {
  for (const part of parts) {
    if (socket.destroyed) return
    const isEarly = [...part].every((character) => character.charCodeAt(0) < 256)
    socket.write(Buffer.from(part, isEarly ? 'latin1' : 'utf8'))
    await new Promise(setImmediate)
  }
  if (end === 'close') socket.end()
  else if (end === 'reset') socket.resetAndDestroy()
  else setTimeout(() => socket.destroy(), KEEP_MS)
}

async function stream(socket: Socket, isChat: boolean, parts: readonly string[], everyMs: number): Promise<void> {
  socket.write(head())
  if (!isChat)
    socket.write(
      chunk(named({ type: 'response.created', sequence_number: 0, response: { id: 'r', status: 'in_progress' } })),
    )
  for (const [i, part] of parts.entries()) {
    if (everyMs > 0) await pause(everyMs)
    if (socket.destroyed) return
    socket.write(
      chunk(
        isChat
          ? say(part)
          : named({
              type: 'response.output_text.delta',
              sequence_number: i + 1,
              output_index: 0,
              content_index: 0,
              delta: part,
            }),
      ),
    )
  }
  const end = isChat
    ? STOP + DONE
    : named({
        type: 'response.completed',
        sequence_number: parts.length + 1,
        response: { id: 'r', status: 'completed', output: [] },
      })
  socket.write(Buffer.concat([chunk(end), LAST_CHUNK]))
}
