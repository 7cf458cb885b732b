import { knowsUsers, type ResolvedSettings } from './config/settings.ts'
import type { Readings } from './observability/metrics.ts'
import { type Bus, noBus } from './ports/bus.ts'
import { systemClock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import { type Membership, noMembership } from './ports/membership.ts'
import type { Meter } from './ports/meter.ts'
import type { RateLimiter } from './ports/rate-limiter.ts'
import type { SessionStore } from './ports/session-store.ts'
import type { TokenBudget } from './ports/token-budget.ts'
import type { ReleaseStack } from './release-stack.ts'
import { FallbackStore } from './store/fallback/fallback-store.ts'
import { MemorySessionStore } from './store/memory/memory-store.ts'
import { MemoryQuotaLedger } from './store/memory/quota-ledger.ts'
import { memoryRateLimiter } from './store/memory/rate-limiter.ts'
import { memoryTokenBudget } from './store/memory/token-budget.ts'
import type { Ledger } from './store/quotas.ts'
import { unavailable } from './store/redis/available.ts'
import { RedisBus } from './store/redis/bus.ts'
import { connectRedis, type RedisConnections } from './store/redis/connect.ts'
import { RedisMembership } from './store/redis/membership.ts'
import { RedisQuotaLedger } from './store/redis/quota-ledger.ts'
import { redisRateLimiter } from './store/redis/rate-limiter.ts'
import { RedisSessionStore } from './store/redis/redis-store.ts'
import { RedisTokenBudget } from './store/redis/token-budget.ts'
import { WriteWatch } from './store/redis/write-watch.ts'

/** What a replica keeps its sessions in and reaches the others by. */
export interface Backing {
  readonly store: SessionStore
  readonly bus: Bus
  readonly membership: Membership
  readonly adapterClients: RedisConnections['adapter'] | null
  /** Counts `points` a minute. */
  readonly limiter: (name: string, points: number) => RateLimiter
  /** Allows so many tokens a day, at least 1. */
  readonly budget: (limit: number) => TokenBudget
  readonly ledger: () => Ledger
  /** The store as one that outlives its shared one; null where there is none to outlive. */
  readonly fallback: FallbackStore | null
  /** What it says of itself when it is scraped. */
  readonly readings: Readings
  /** Calls `listener` when the bus delivers again after messages may have been lost. */
  readonly onBusAgain: (listener: () => void) => void
}

/** Connects what the settings name. Rejects where that cannot be; `releases` gets what has to be let go. */
export async function createBacking(
  settings: ResolvedSettings,
  address: string,
  log: Log,
  meter: Meter,
  releases: ReleaseStack,
): Promise<Backing> {
  const backing =
    settings.STORE === 'memory' ? inMemory(settings, log) : await inRedis(settings, address, log, meter, releases)
  releases.add(() => backing.store.close())
  releases.add(() => backing.bus.close())
  return backing
}

function inMemory(settings: ResolvedSettings, log: Log): Backing {
  log.warn({}, 'STORE=memory: one replica, and every session is lost when it exits')
  const store = new MemorySessionStore({ ...limitsOf(settings), clock: systemClock })
  return {
    store,
    bus: noBus,
    membership: noMembership,
    adapterClients: null,
    limiter: (_name, points) => memoryRateLimiter({ points }),
    budget: (limit) => memoryTokenBudget(limit, systemClock),
    ledger: () => new MemoryQuotaLedger(),
    fallback: null,
    readings: {},
    onBusAgain: () => {},
  }
}

function limitsOf(settings: ResolvedSettings) {
  return {
    ttlSeconds: settings.SESSION_TTL,
    maxMessages: settings.SESSION_MAX_MESSAGES,
    indexUsers: knowsUsers(settings),
  }
}

async function inRedis(
  settings: ResolvedSettings,
  address: string,
  log: Log,
  meter: Meter,
  releases: ReleaseStack,
): Promise<Backing> {
  const connections = await connectRedis(settings, log)
  releases.add(() => connections.close())
  const limits = limitsOf(settings)
  const bus = new RedisBus(connections, { address, log, meter })
  await bus.start()
  const membership = new RedisMembership(connections, { address, leaseMs: settings.LEASE_MS, meter })
  await connections.persistently(() => membership.start())
  const writes = new WriteWatch(connections, { address, clock: systemClock, log })
  releases.add(() => writes.close())
  const onUnavailable = (session: string) => writes.failed(session)
  const shared = new RedisSessionStore(connections, { ...limits, log, meter, onUnavailable })
  const store = new FallbackStore({
    shared,
    // Nothing that has to be brought back may be trimmed: FALLBACK_MAX_BYTES is its bound.
    memory: new MemorySessionStore({ ...limits, maxMessages: Number.MAX_SAFE_INTEGER, clock: systemClock }),
    owner: address,
    maxBytes: settings.FALLBACK_MAX_BYTES,
    clock: systemClock,
    log,
    meter,
    async probe() {
      try {
        await membership.renew()
        await shared.entitled()
      } catch (error) {
        // The connections know why there is none, which a call does not.
        const lastError = connections.lastError()
        throw lastError === undefined ? error : unavailable(lastError)
      }
    },
  })
  return {
    store,
    bus,
    membership: store.wrapMembership(membership),
    adapterClients: connections.adapter,
    limiter: (name, points) => redisRateLimiter(connections, { name, points }),
    budget: (limit) => new RedisTokenBudget(connections, { limit, clock: systemClock, log }),
    ledger: () => new RedisQuotaLedger(connections, meter),
    fallback: store,
    readings: {
      redisUp: () => (connections.state() === 'ready' && store.backend === 'redis' && !writes.isRefused ? 1 : 0),
      memoryMode: () => (store.backend === 'memory' ? 1 : 0),
      heldSessions: () => store.held.sessions,
      heldBytes: () => store.held.bytes,
      heldMaxBytes: () => settings.FALLBACK_MAX_BYTES,
    },
    onBusAgain: (listener) => connections.onState((state) => state === 'ready' && listener()),
  }
}
