import { type Clock, delay } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { STORE_RETRY_MS } from '../../ports/session-store.ts'
import { plainReason } from './available.ts'
import type { RedisConnections } from './connect.ts'

/** A shorter refusal is a failover or a moment without memory. */
const CERTAIN_MS = 1000
/** After which the key that is written is gone. */
const PROBE_TTL_MS = 5000

export interface WriteWatchOptions {
  /** This replica's. */
  readonly address: string
  readonly clock: Clock
  readonly log: Log
}

/**
 * Knows which masters of a Cluster take no writes, for `baton_redis_up` and one line in the log: one that is full or read-only
 * refuses its own sessions alone. It decides nothing. Whether sessions are served from memory is decided for all at once, by
 * `StoreHealth`, which knows this of the master that keeps this replica's lease, and so of a Redis that is no Cluster.
 */
export class WriteWatch {
  readonly #connections: Pick<RedisConnections, 'commands' | 'nodes' | 'keys'>
  readonly #options: WriteWatchOptions
  readonly #watched = new Set<string>()
  readonly #refusing = new Set<string>()
  readonly #stop = new AbortController()

  constructor(connections: Pick<RedisConnections, 'commands' | 'nodes' | 'keys'>, options: WriteWatchOptions) {
    this.#connections = connections
    this.#options = options
  }

  /** A master has refused every write for `CERTAIN_MS`, and does so still. */
  get isRefused(): boolean {
    return this.#refusing.size > 0
  }

  /** A call on the session failed for want of Redis; `session` is its key. */
  failed(session: string): void {
    const { nodes, keys } = this.#connections
    const node = nodes.nameOf(session)
    if (this.#watched.has(node) || node === nodes.nameOf(keys.lease(this.#options.address))) return
    this.#watched.add(node)
    void this.#watch(node, keys.probe(session)).catch(() => {}) // it was closed
  }

  close(): void {
    this.#stop.abort()
  }

  /** Writes to the slot of the session that was refused: the slots of the node are not all refused while some of them move. */
  async #watch(node: string, key: string): Promise<void> {
    const { clock, log } = this.#options
    const since = clock.now()
    for (let reason = await this.#refusal(key); reason !== null; reason = await this.#refusal(key)) {
      if (clock.now() - since >= CERTAIN_MS && !this.#refusing.has(node)) {
        this.#refusing.add(node)
        log.warn({ node, reason }, 'a node of Redis takes no writes: its sessions stand still')
      }
      await delay(clock, STORE_RETRY_MS, this.#stop.signal)
    }
    this.#watched.delete(node)
    if (this.#refusing.delete(node)) log.info({ node }, 'the node of Redis takes writes again')
  }

  /** Why a write is refused; null where it is not. */
  async #refusal(key: string): Promise<string | null> {
    try {
      await this.#connections.commands.set(key, '', 'PX', PROBE_TTL_MS)
      return null
    } catch (error) {
      return plainReason(error)
    }
  }
}
