import type { SharedStore } from '../../src/ports/shared-store.ts'
import type { History } from './history.ts'
import type { Mischief } from './mischief.ts'
import type { Random } from './random.ts'
import type { Wire } from './wire.ts'

export interface WiredStoreDeps {
  /** The one that all replicas share. */
  readonly store: SharedStore
  readonly wire: Wire
  readonly history: History
  readonly mischief: Mischief
  readonly random: Random
  readonly address: string
}

/** The shared store as one replica reaches it; what is really done to it goes into the history. */
export function wiredStore({ store, wire, history, mischief, random, address }: WiredStoreDeps): SharedStore {
  return {
    backend: 'redis',
    isSettling: false,
    create: (session, watch) => wire.call('create', session, () => store.create(session, watch)),
    open: (request) => wire.call('open', request, () => store.open(request)),
    read: (request) => wire.call('read', request, () => store.read(request)),
    find: (request) => wire.call('find', request, () => store.find(request)),
    page: (request) => wire.call('page', request, () => store.page(request)),
    begin: (request) => wire.call('begin', request, async () => history.begun(request, await store.begin(request))),
    sent: (id, userId, messageId) => wire.call('sent', id, () => store.sent(id, userId, messageId)),
    regenerate: (request) =>
      wire.call('regenerate', request, async () => history.regenerated(request, await store.regenerate(request))),
    nodeOf: (id) => store.nodeOf(id),
    append: (items) =>
      wire.call('append', items, async () => {
        // A script that fails has applied what came before; of several nodes some may have done theirs.
        const isPartial = mischief.happens('refuse')
        const done = isPartial ? items.filter(() => random.chance(0.5)) : items
        const results = history.appended(address, done, await store.append(done))
        if (isPartial) throw new Error('applied in part')
        return results
      }),
    finish: (request) =>
      wire.call('finish', request, async () => history.finished(address, request, await store.finish(request))),
    ended: (id, messageId) => store.ended(id, messageId),
    claim: (request) => wire.call('claim', request, async () => history.claimed(request, await store.claim(request))),
    restart: (request) =>
      wire.call('restart', request, async () => history.restarted(request, await store.restart(request))),
    reconcile: (request) =>
      wire.call('reconcile', request, async () => history.reconciled(request, await store.reconcile(request))),
    keep: (answers) => {
      const sent = answers.map(({ sessionId, epoch }) => ({ sessionId, epoch }))
      return wire.call('keep', sent, () => store.keep(sent))
    },
    unwatch: (id, watch) => wire.call('unwatch', id, () => store.unwatch(id, watch)),
    extend: (id) => wire.call('extend', id, () => store.extend(id)),
    canClear: (id) => store.canClear(id),
    clear: (id) => wire.call('clear', id, () => store.clear(id)),
    remaining: (ids) => wire.call('remaining', ids, () => store.remaining(ids)),
    sizeOf: (id) => wire.call('sizeOf', id, () => store.sizeOf(id)),
    sessionsOf: (userId, page) => wire.call('sessionsOf', userId, () => store.sessionsOf(userId, page)),
    trimSessionsOf: (userId, most, but) =>
      wire.call('trimSessionsOf', userId, () => store.trimSessionsOf(userId, most, but)),
    close: async () => {},
  }
}
