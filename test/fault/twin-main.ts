/**
 * A replica as the product composes it, but with one protection taken out at the boundary to Redis or to the clients. Fault tests run it to
 * show that their checks fail without the protection: a check that cannot fail proves nothing.
 */
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { AppendResult } from '../../src/ports/session-store.ts'
import { Keys } from '../../src/store/redis/keys.ts'
import { isProtection, type Protection } from './twins.ts'

const keys = new Keys()

/** How much later than shown a text is stored where it need not be durable before it is visible, in milliseconds. */
const LATE_MS = 3000

/** The built modules: those that the product's entry will find loaded. */
const built = (path: string): Promise<unknown> => import(join(import.meta.dirname, '../../dist', path))
type StoreModule = typeof import('../../src/store/redis/redis-store.ts')
type LinkModule = typeof import('../../src/store/redis/bus.ts')
type SubscriberModule = typeof import('../../src/gateway/socket-subscriber.ts')
type MembershipModule = typeof import('../../src/store/redis/membership.ts')

const store = ((await built('store/redis/redis-store.js')) as StoreModule).RedisSessionStore.prototype
const link = ((await built('store/redis/bus.js')) as LinkModule).RedisBus.prototype
const membership = ((await built('store/redis/membership.js')) as MembershipModule).RedisMembership.prototype
const member = ((await built('gateway/socket-subscriber.js')) as SubscriberModule).SocketSubscriber.prototype
const redis = new Redis(process.env.REDIS_URL ?? '').on('error', () => {})

const REMOVALS: Readonly<Record<Protection, () => void>> = {
  /** A stale owner's text is appended all the same, and it is not told that it was replaced. */
  fence() {
    const { append, keep } = store
    const { receive } = link
    store.append = async function (items) {
      const results = await append.call(this, items)
      const refused = items.filter((_, i) => results[i] === 'fenced')
      await Promise.all(refused.map(({ sessionId, text }) => appendAnyway(sessionId, text)))
      return items.map((): AppendResult => 'stored')
    }
    store.keep = async function (answers) {
      return (await keep.call(this, answers)).map((watchers) => watchers ?? [])
    }
    link.receive = function (handler) {
      receive.call(this, (note) => note.kind !== 'fenced' && handler(note))
    }
  },
  /** Text is shown at once and stored a moment later. */
  durability() {
    const { append, finish } = store
    let stored: Promise<unknown> = Promise.resolve()
    store.append = async function (items) {
      const before = stored
      stored = new Promise((resolve) => setTimeout(resolve, LATE_MS))
        .then(() => before)
        .then(() => append.call(this, items).catch(() => {}))
      return items.map((): AppendResult => 'stored')
    }
    store.finish = async function (request) {
      await stored
      return finish.call(this, request)
    }
  },
  /** Nobody finds what a dead replica owned. */
  'owner index'() {
    membership.track = async () => {}
  },
  /** A message that is sent again is forgotten to have come before. */
  idempotency() {
    const { begin } = store
    store.begin = async function (request) {
      const [, ids] = keys.ofSession(request.sessionId)
      await redis.zrem(ids, request.message.id)
      return begin.call(this, request)
    }
  },
  /** Nobody is told that what the store holds is something else than it was told. */
  sync() {
    member.sync = () => {}
  },
}

/** Appends to the session's running answer, whoever owns it. */
async function appendAnyway(sessionId: string, text: string): Promise<void> {
  const epoch = await redis.hget(keys.answer(sessionId), 'epoch')
  if (epoch !== null) await redis.append(keys.text(sessionId, Number(epoch)), text)
}

const without = process.argv[2] ?? ''
if (!isProtection(without)) throw new Error(`there is no twin without ${JSON.stringify(without)}`)
REMOVALS[without]()
await built('replica.js') // not main.js, which is a bundle of its own
