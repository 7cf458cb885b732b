import type { Membership } from '../../src/ports/membership.ts'
import type { SharedStore } from '../../src/ports/shared-store.ts'

/** What a run is wrapped in. A twin switches one protection off, to show that the checker would notice. */
export interface Twin {
  sharedStore(store: SharedStore): SharedStore
  replicaStore(store: SharedStore): SharedStore
  membership(membership: Membership): Membership
}

/** Nothing switched off: what is built is what runs. */
export const genuine: Twin = {
  sharedStore: (store) => store,
  replicaStore: (store) => store,
  membership: (membership) => membership,
}

export const TWINS = {
  /** Text is shown before the store holds it (D1). */
  'durable before visible': { ...genuine, replicaStore: hasty },
  /** The store takes text from whoever brings it (F1). */
  fence: { ...genuine, sharedStore: trusting },
  /** Nobody can find the answers of a dead replica (F2). */
  'owner index': { ...genuine, membership: (membership: Membership) => ({ ...membership, track: async () => {} }) },
  /** A message that is sent again is another message (M2). */
  idempotency: { ...genuine, sharedStore: forgetful },
} as const satisfies Record<string, Twin>

function hasty(store: SharedStore): SharedStore {
  return {
    ...store,
    append: async (items) => {
      store.append(items).catch(() => {})
      return items.map(() => 'stored')
    },
  }
}

function trusting(store: SharedStore): SharedStore {
  return overriding(store, {
    async append(items) {
      const results = await store.append(items)
      return Promise.all(
        results.map(async (result, i) => {
          const item = items[i]
          const running =
            item && (await store.read({ sessionId: item.sessionId, after: Number.MAX_SAFE_INTEGER }))?.running
          if (result === 'stored' || !item || !running) return result
          const storedBytes = Buffer.byteLength(running.text)
          await store.append([{ ...item, epoch: running.epoch, storedBytes }])
          return 'stored'
        }),
      )
    },
  })
}

function forgetful(store: SharedStore): SharedStore {
  let sent = 0
  return overriding(store, {
    begin: (request) =>
      store.begin({ ...request, message: { ...request.message, id: `${request.message.id}/${sent++}` } }),
  })
}

/** The store with some methods replaced; the others keep their `this`. */
function overriding(store: SharedStore, methods: Partial<SharedStore>): SharedStore {
  return new Proxy(store, {
    get(target, name) {
      const own = Reflect.get(methods, name)
      if (own !== undefined) return own
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
