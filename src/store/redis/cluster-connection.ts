import calculateSlot from 'cluster-key-slot'
import { Cluster, type Redis } from 'ioredis'
import { systemClock, type Timer } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Endpoint } from './endpoint.ts'
import { type Link, LinkState } from './link.ts'
import type { Nodes } from './nodes.ts'
import { HEARTBEAT_MS, outliveSecondError, retryDelay, SOCKET_OPTIONS } from './options.ts'

/** Least milliseconds between two looks at the Cluster's map that were asked for. */
const REFRESH_MS = 50

/** Milliseconds between two questions to a node whether it serves yet. */
const EXAMINE_MS = 100

/** Each chosen on purpose, like those of a single connection. */
const OPTIONS = {
  // While a node is away what is for it fails at once. ioredis still holds what is for a node that it has just met,
  // for as long as connecting to it takes, and not beyond the command timeout.
  enableOfflineQueue: false,
  clusterRetryStrategy: retryDelay,
  // ioredis would send what was under way when a connection broke again by itself, to any node: applied twice perhaps.
  retryDelayOnFailover: 0,
  // The Cluster has lost a part of itself: for the callers that is an outage like any other.
  retryDelayOnClusterDown: 0,
  // MOVED, ASK and TRYAGAIN say that nothing was applied, and are followed; a slot on its way answers TRYAGAIN to
  // scripts for a few milliseconds. The command timeout bounds that too.
  retryDelayOnTryAgain: 20,
  maxRedirections: 64,
  // A map that nobody's command has shown to be old: a subscriber's node that was demoted in good order says nothing.
  slotsRefreshInterval: 1000,
  slotsRefreshTimeout: 500,
  // Names stay names: a certificate is for them and not for the address.
  dnsLookup: (name: string, done: (error: null, address: string) => void) => done(null, name),
  // Batches of several slots are grouped by `Nodes` instead; ioredis's own fail while a slot moves (issue 2075).
  enableAutoPipelining: false,
} as const

/**
 * The connections to a Cluster's masters, one each; usable while all of them stand. The map of slots is looked up again
 * at every sign that it is old, until every master in it is connected.
 */
export class ClusterConnection implements Link, Nodes {
  readonly redis: Cluster
  readonly #state: LinkState
  readonly #heartbeat: Timer
  readonly #refreshed = new Set<() => void>()
  /** Connected nodes that have said that they serve. */
  readonly #serving = new WeakSet<Redis>()
  #nodes = new Map<string, Redis>()
  #refreshing: NodeJS.Timeout | null = null
  #closed = false

  constructor({ nodes, credentials }: Extract<Endpoint, { kind: 'cluster' }>, name: string, log: Log) {
    this.#state = new LinkState(name, log)
    this.redis = new Cluster([...nodes], {
      ...OPTIONS,
      redisOptions: { ...SOCKET_OPTIONS, ...credentials, connectionName: `baton-${name}` },
    })
    const look = () => this.#look()
    this.redis.on('error', (error: Error) =>
      this.#state.failed((error as { lastNodeError?: Error }).lastNodeError ?? error),
    )
    this.redis.on('node error', (error: Error) => this.#state.failed(error))
    this.redis.on('+node', (node: Redis) => {
      outliveSecondError(node)
      node.on('ready', () => void this.#examine(node))
      node.on('close', () => {
        this.#serving.delete(node)
        look()
      })
    })
    for (const event of ['ready', 'close', '-node']) this.redis.on(event, look)
    this.redis.on('refresh', () => {
      look()
      for (const listener of this.#refreshed) listener()
    })
    this.#heartbeat = systemClock.every(HEARTBEAT_MS, () => {
      for (const node of this.#masters()) if (node?.status === 'ready') node.ping().catch(() => {})
    })
  }

  get ready(): boolean {
    return this.#state.ready
  }

  get lastError(): Error | undefined {
    return this.#state.lastError
  }

  onChange(listener: () => void): void {
    this.#state.onChange(listener)
  }

  /** Calls `listener` whenever the map of slots was looked up, changed or not. */
  onRefresh(listener: () => void): void {
    this.#refreshed.add(listener)
  }

  of(key: string): Redis {
    const name = this.masterOf(key)
    const node = name === undefined ? undefined : this.#nodes.get(name)
    if (this.#isFit(node)) return node
    this.refresh()
    throw new Error(`no connection to ${name ?? 'any node'}, which serves the key`)
  }

  all(): Redis[] {
    return this.#masters().filter((node) => node !== undefined)
  }

  nameOf(key: string): string {
    return this.masterOf(key) ?? ''
  }

  /** `host:port` of the master that serves the key's slot; undefined while the map has none. */
  masterOf(key: string): string | undefined {
    return this.redis.slots[calculateSlot(key)]?.[0]
  }

  /** `host:port` of every master that serves a slot. */
  masters(): Set<string> {
    return new Set(this.redis.slots.flatMap(([master]) => master ?? []))
  }

  refresh(): void {
    if (this.#closed) return
    this.#refreshing ??= setTimeout(() => {
      this.#refreshing = null
      if (this.redis.status === 'ready') this.redis.refreshSlotsCache()
    }, REFRESH_MS).unref()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#state.close()
    this.#heartbeat.cancel()
    if (this.#refreshing !== null) clearTimeout(this.#refreshing)
    if (this.redis.status === 'ready') await this.redis.quit().catch(() => {})
    this.redis.disconnect()
  }

  #masters(): (Redis | undefined)[] {
    return [...this.masters()].map((name) => this.#nodes.get(name))
  }

  #isFit(node: Redis | undefined): node is Redis {
    return node?.status === 'ready' && this.#serving.has(node)
  }

  /** Asks a node with a new connection until it serves: it may still be reading its data, or coming back to the others. */
  async #examine(node: Redis): Promise<void> {
    const { stream } = node
    while (node.stream === stream && node.status === 'ready') {
      const says = await node.cluster('INFO').catch((error: Error) => this.#state.failed(error))
      if (/^cluster_state:ok/m.test(String(says))) {
        this.#serving.add(node)
        return this.#look()
      }
      await new Promise((resolve) => setTimeout(resolve, EXAMINE_MS).unref())
    }
  }

  /** Finds out whether every master can be used; connects to those that were not needed before. */
  #look(): void {
    if (this.#closed) return
    this.#nodes = new Map(this.redis.nodes().map((node) => [`${node.options.host}:${node.options.port}`, node]))
    const masters = this.redis.status === 'ready' ? this.#masters() : []
    for (const node of masters) if (node?.status === 'wait') node.connect().catch(() => {}) // told by its error event
    const ready = masters.length > 0 && masters.every((node) => this.#isFit(node))
    this.#state.turn(ready)
    if (!ready) this.refresh()
  }
}
