import type { Log } from '../../ports/log.ts'
import { StoreFault, StoreUnavailable } from '../../ports/session-store.ts'
import { AdapterPublisher, AdapterSubscriber } from './adapter-clients.ts'
import { unavailable } from './available.ts'
import { ClusterConnection } from './cluster-connection.ts'
import { ClusterSubscriptions } from './cluster-subscriptions.ts'
import { Connection } from './connection.ts'
import { checkLogin, checkProtocol, noAnswer, refuseWrongKind } from './diagnosis.ts'
import { type Endpoint, endpointOf, type RedisSettings } from './endpoint.ts'
import { warnOfEviction } from './eviction.ts'
import { Keys } from './keys.ts'
import type { Link } from './link.ts'
import type { Nodes, RedisClient } from './nodes.ts'
import { tryRights } from './rights.ts'
import { SentinelWatch } from './sentinel-watch.ts'
import { NodeSubscriptions, type Subscriptions } from './subscriptions.ts'
import { RedisUnusable } from './unusable.ts'

/** Milliseconds between two looks at a connection that is being made. */
const LOOK_MS = 20

/** `ready` where every connection can be used, `away` while one of them cannot. */
type RedisState = 'ready' | 'away'

/** The connections of one replica. Pub/sub is sharded throughout, and no command spans sessions but those with keys in ARGV. */
export interface RedisConnections {
  /** For the store, the rate limiter and everything that is published. */
  readonly commands: RedisClient
  /** The nodes behind `commands`. */
  readonly nodes: Nodes
  /** Names of the deployment's keys and channels. */
  readonly keys: Keys
  /** Connections apart for WAIT, and how many of Redis's replicas to wait for; null where none (`REDIS_WAIT`). */
  readonly replicas: { readonly nodes: Nodes; readonly wanted: number } | null
  /** For the bus: apart, so that the adapter's traffic does not delay deltas. */
  readonly bus: Subscriptions
  /** Tries each right again, as at start: rejects with `RedisUnusable` where one was withdrawn (G7). */
  tryRights(): Promise<void>
  /** Takes a step of the start, again where Redis goes away meanwhile. Rejects with `RedisUnusable` where it stays away. */
  persistently(step: () => Promise<unknown>): Promise<void>
  /** For `createShardedAdapter(publisher, subscriber, { channelPrefix })`. */
  readonly adapter: {
    readonly publisher: AdapterPublisher
    readonly subscriber: AdapterSubscriber
    readonly channelPrefix: string
  }
  state(): RedisState
  /** Why one of them cannot be used; undefined where each can, or nothing is known. */
  lastError(): Error | undefined
  /** Calls `listener` whenever the state has changed. */
  onState(listener: (state: RedisState) => void): void
  close(): Promise<void>
}

/** What a replica's connections are made of, whatever kind of Redis it is. */
interface Parts {
  readonly commands: Link & Nodes & { readonly redis: RedisClient }
  readonly wait: (Link & Nodes) | null
  readonly bus: Subscriptions
  readonly adapter: Subscriptions
  readonly links: readonly Link[]
  /** Of the Sentinels, where there are any. */
  readonly watch: SentinelWatch | null
}

/**
 * Connects to the Redis of the settings, one node, a Sentinel group's master, or a Cluster, and checks it. Rejects with
 * `RedisUnusable` where it does not answer within `waitMs` milliseconds, is not fit for use (`checkFitness`), or keeps a
 * right back that Baton needs (`tryRights`, G7). Warns where it evicts sessions. From then on the connections mend themselves.
 */
export async function connectRedis(settings: RedisSettings, log: Log, waitMs = 10_000): Promise<RedisConnections> {
  const endpoint = endpointOf(settings)
  const wanted = settings.REDIS_WAIT ?? 0
  const keys = new Keys(settings.KEY_PREFIX)
  const rights = () => tryRights(commands, { ...endpoint, keys, waits: wanted > 0 })
  const { commands, wait, bus, adapter, links, watch } =
    endpoint.kind === 'cluster' ? clusterParts(endpoint, wanted > 0, log) : nodeParts(endpoint, wanted > 0, log)
  const close = async () => {
    watch?.close()
    await Promise.all(links.map((link) => link.close()))
  }
  try {
    await untilReady(links, endpoint, waitMs)
    await Promise.all([persistently(rights, endpoint, waitMs), warnOfEviction(commands, endpoint.name, log)])
  } catch (error) {
    await close()
    throw error
  }
  return {
    commands: commands.redis,
    nodes: commands,
    keys,
    replicas: wait && { nodes: wait, wanted },
    bus,
    tryRights: rights,
    persistently: (step) => persistently(step, endpoint, waitMs),
    adapter: {
      publisher: new AdapterPublisher(commands.redis, commands, log),
      subscriber: new AdapterSubscriber(adapter, log),
      channelPrefix: keys.adapter,
    },
    ...together(links),
    close,
  }
}

/** Several links as one, which can be used while each of them can. */
function together(links: readonly Link[]): Pick<RedisConnections, 'state' | 'lastError' | 'onState'> {
  const state = (): RedisState => (links.every((link) => link.ready) ? 'ready' : 'away')
  return {
    state,
    lastError: () => links.find(({ ready, lastError }) => !ready && lastError !== undefined)?.lastError,
    onState(listener) {
      let told = state()
      const look = () => {
        const now = state()
        if (now === told) return
        told = now
        listener(now)
      }
      for (const link of links) link.onChange(look)
    },
  }
}

function nodeParts(endpoint: Exclude<Endpoint, { kind: 'cluster' }>, waits: boolean, log: Log): Parts {
  const commands = Connection.to(endpoint, 'commands', log)
  const bus = Connection.to(endpoint, 'bus', log)
  const adapter = Connection.to(endpoint, 'adapter', log)
  const wait = waits ? Connection.to(endpoint, 'wait', log) : null
  const links = [commands, bus, adapter, ...(wait === null ? [] : [wait])]
  return {
    commands,
    wait,
    bus: new NodeSubscriptions(bus, log),
    adapter: new NodeSubscriptions(adapter, log),
    links,
    watch: endpoint.kind === 'sentinel' ? new SentinelWatch(endpoint.options, links, log) : null,
  }
}

function clusterParts(endpoint: Extract<Endpoint, { kind: 'cluster' }>, waits: boolean, log: Log): Parts {
  const commands = new ClusterConnection(endpoint, 'commands', log)
  const wait = waits ? new ClusterConnection(endpoint, 'wait', log) : null
  const bus = new ClusterSubscriptions(commands, endpoint, 'bus', log)
  const adapter = new ClusterSubscriptions(commands, endpoint, 'adapter', log)
  const links = [commands, bus, adapter, ...(wait === null ? [] : [wait])]
  return { commands, wait, bus, adapter, links, watch: null }
}

/** Polls: this happens once, at start. */
async function untilReady(links: readonly Link[], endpoint: Endpoint, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs
  let looked = false
  for (;;) {
    const away = links.filter((link) => !link.ready)
    if (away.length === 0) return
    const lastError = away.find((link) => link.lastError !== undefined)?.lastError
    if (lastError instanceof RedisUnusable) throw lastError
    if (endpoint.kind === 'node') checkProtocol(lastError, endpoint.name) // of several listed ones, another may be right
    checkLogin(lastError, endpoint.name)
    if (lastError !== undefined && !looked) {
      looked = true
      await refuseWrongKind(endpoint)
    }
    if (performance.now() >= deadline) throw await noAnswer(endpoint, lastError, waitMs)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

function isAway(error: unknown): boolean {
  return !(error instanceof StoreFault) && unavailable(error) instanceof StoreUnavailable
}

/** Takes a step until Redis carries it out, `waitMs` milliseconds at most. */
async function persistently(step: () => Promise<unknown>, { name }: Endpoint, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs
  for (;;) {
    try {
      await step()
      return
    } catch (error) {
      if (error instanceof RedisUnusable || !isAway(error)) throw error
      if (performance.now() >= deadline)
        throw new RedisUnusable(`${name} was away while this replica started: is it running?`, { cause: error })
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
