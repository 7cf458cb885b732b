/** A replica as the product composes it, but it takes the end of an answer for stored a moment before Redis has it: the twin of `stop.test.ts`. */
import { join } from 'node:path'

/** Longer than anybody needs to take an answer over, in milliseconds. */
const LATE_MS = 20_000

const built = (path: string): Promise<unknown> => import(join(import.meta.dirname, '../../dist', path))
type StoreModule = typeof import('../../src/store/redis/redis-store.ts')

const store = ((await built('store/redis/redis-store.js')) as StoreModule).RedisSessionStore.prototype
const { finish } = store
store.finish = async function (request) {
  if (request.message.status !== 'stopped') return finish.call(this, request)
  setTimeout(() => void finish.call(this, request).catch(() => {}), LATE_MS)
  const snapshot = await this.find({ sessionId: request.sessionId, messageId: request.message.id })
  const version = (snapshot?.session.version ?? 0) + 1
  return { kind: 'finished', version, lastActivity: request.at, watchers: [] }
}
await built('replica.js') // not main.js, which is a bundle of its own
