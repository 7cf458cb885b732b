import { randomBytes, randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { createAuthenticator } from './access/authenticate.ts'
import { quotasIn } from './config/quotas.ts'
import type { readSettings } from './config/settings.ts'
import { createConversations } from './conversation/create.ts'
import { Gateway } from './gateway/server.ts'
import { createHttpServer, createOperatorServer, type HttpServerOptions } from './http/server.ts'
import { createModel, createRetriever } from './model/create.ts'
import { Backlog } from './network/backlog.ts'
import { Semaphore } from './network/semaphore.ts'
import { createLog } from './observability/log.ts'
import { createMetrics, type Readings } from './observability/metrics.ts'
import { systemLoad } from './observability/system-load.ts'
import { type Bus, noBus } from './ports/bus.ts'
import { systemClock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import { type Membership, noMembership } from './ports/membership.ts'
import type { Meter } from './ports/meter.ts'
import { noQuotas } from './ports/quotas.ts'
import { noLimit, type RateLimiter } from './ports/rate-limiter.ts'
import type { SessionStore } from './ports/session-store.ts'
import { noBudget, type TokenBudget } from './ports/token-budget.ts'
import { FallbackStore } from './store/fallback/fallback-store.ts'
import { MemorySessionStore } from './store/memory/memory-store.ts'
import { MemoryQuotaLedger } from './store/memory/quota-ledger.ts'
import { memoryRateLimiter } from './store/memory/rate-limiter.ts'
import { memoryTokenBudget } from './store/memory/token-budget.ts'
import { AccountQuotas, type Ledger } from './store/quotas.ts'
import { RedisBus } from './store/redis/bus.ts'
import { connectRedis, type RedisConnections } from './store/redis/connect.ts'
import { RedisMembership } from './store/redis/membership.ts'
import { PROTOCOL } from './store/redis/protocol.ts'
import { RedisQuotaLedger } from './store/redis/quota-ledger.ts'
import { redisRateLimiter } from './store/redis/rate-limiter.ts'
import { RedisSessionStore } from './store/redis/redis-store.ts'
import { RedisTokenBudget } from './store/redis/token-budget.ts'

/** Connections that wait to be accepted: the clients of a dead replica come all at once, and above it the kernel drops them for seconds. */
const ACCEPT_QUEUE = 4096
/** Replies that may be large and are made at the same time, for all clients. */
const LARGE_AT_ONCE = 8

type AppSettings = ReturnType<typeof readSettings>

export interface App {
  /** The port that it listens on. */
  readonly port: number
  readonly log: Log
  readonly meter: Meter
  /** Unready at once, then sockets leave and answers finish within `DRAIN_TIMEOUT` (F5); resolves when all is released. */
  stop(): Promise<void>
}

/** What a replica keeps its sessions in and reaches the others by. */
interface Backing {
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

/** Released last in, first out. */
class ReleaseStack {
  readonly #releases: (() => unknown)[] = []

  add(release: () => unknown): void {
    this.#releases.push(release)
  }

  async release(log: Log): Promise<void> {
    for (let release = this.#releases.pop(); release !== undefined; release = this.#releases.pop()) {
      try {
        await release()
      } catch (err) {
        log.warn({ err }, 'a resource was not released cleanly')
      }
    }
  }
}

/** Composes one replica from its parts and starts it. Rejects, with everything released, where a part cannot start. `remarks` go into its log. */
export async function startApp(settings: AppSettings, remarks: readonly string[] = []): Promise<App> {
  const log = createLog(settings)
  for (const remark of remarks) log.warn({}, remark)
  const releases = new ReleaseStack()
  try {
    return await compose(settings, log, releases)
  } catch (error) {
    await releases.release(log)
    throw error
  }
}

async function compose(settings: AppSettings, log: ReturnType<typeof createLog>, releases: ReleaseStack): Promise<App> {
  const replica = settings.REPLICA_ID
  const build = { version: packageJson.version, protocol: PROTOCOL }
  const metrics = createMetrics({ replica, build })
  const { meter, registry } = metrics
  const address = `${replica}.${randomBytes(4).toString('hex')}`
  const backing = await (settings.STORE === 'memory'
    ? inMemory(settings, log)
    : inRedis(settings, address, log, meter, releases))
  const { store, bus, membership, fallback } = backing
  const limiter = (name: string, points: number) => (points === 0 ? noLimit : backing.limiter(name, points))
  releases.add(() => store.close())
  releases.add(() => bus.close())

  const load = systemLoad(meter.loopLag)
  releases.add(() => load.close())
  const model = createModel(settings, log, meter)
  releases.add(() => model.close())

  const authenticator = createAuthenticator(settings)
  const connectLimiter = limiter('connect', settings.CONNECT_LIMIT)
  const backlog = new Backlog({
    maxAnswerBytes: settings.MAX_ANSWER_BYTES,
    clock: systemClock,
    onCut: (bytes) => {
      meter.slowReaders(1)
      meter.socketsClosed(1, { reason: 'unread' })
      log.info({ bytes }, 'a client that does not read was cut off')
    },
  })
  const largeReplies = new Semaphore(LARGE_AT_ONCE)
  const gateway = new Gateway({
    settings,
    authenticator,
    connectLimiter,
    backlog,
    largeReplies,
    adapterClients: backing.adapterClients,
    clock: systemClock,
    meter,
    log,
  })
  const quotas = quotasIn(settings)
  const conversations = createConversations({
    address,
    store,
    bus,
    membership,
    sockets: gateway,
    model,
    retriever: createRetriever(settings, log, meter),
    limiter: limiter('message', settings.RATE_LIMIT),
    budget: settings.DAILY_TOKEN_LIMIT === 0 ? noBudget : backing.budget(settings.DAILY_TOKEN_LIMIT),
    quotas: quotas === null ? noQuotas : new AccountQuotas(backing.ledger(), quotas, systemClock),
    clock: systemClock,
    load,
    random: Math.random,
    newId: randomUUID,
    meter,
    log,
    settings,
  })
  releases.add(() => conversations.close())
  backing.onBusAgain(conversations.busInterrupted)
  fallback?.remember(conversations.recall)
  fallback?.onBackend((backend) => gateway.tell('backend', { backend }))

  let draining = false
  metrics.read({
    ...backing.readings,
    draining: () => (draining ? 1 : 0),
    saturated: () => (load.saturated() ? 1 : 0),
    loopUtilisation: () => load.utilisation(),
  })
  const readiness = () => (draining ? { ready: false, reason: 'draining' } : { ready: true })
  const serving: HttpServerOptions = {
    api: conversations.api,
    settings,
    authenticator,
    connectLimiter,
    backlog,
    largeReplies,
    log,
    meter,
    registry,
    readiness,
    backend: () => store.backend,
    publicDir: join(import.meta.dirname, 'public'),
    replica,
    build,
    isUpgrade: (request) => gateway.isUpgrade(request),
  }
  const opsPort = await listenForOperators(serving, settings, releases)
  const http = await createHttpServer(serving)
  releases.add(() => http.close())
  await http.ready()
  gateway.attach(http.server, conversations.api)
  releases.add(() => gateway.close())
  await http.listen({ port: settings.PORT, host: settings.HOST, backlog: ACCEPT_QUEUE })
  const { port } = http.server.address() as AddressInfo
  log.info({ address, port, opsPort, store: settings.STORE, llmApi: settings.LLM_API }, 'listening')

  let stopping: Promise<void> | null = null
  const stop = async () => {
    draining = true
    const timeoutMs = settings.DRAIN_TIMEOUT * 1000
    log.info({ connections: gateway.connections, answers: conversations.answersRunning() }, 'draining')
    await Promise.race([
      Promise.all([gateway.drain(timeoutMs), conversations.drain(timeoutMs)]),
      new Promise((resolve) => setTimeout(resolve, timeoutMs).unref()),
    ])
    await releases.release(log)
    log.info({}, 'stopped')
  }
  return { port, log, meter, stop: () => (stopping ??= stop()) }
}

/** Gives the port; undefined where operators have none of their own. */
async function listenForOperators(
  serving: HttpServerOptions,
  { OPS_PORT, HOST }: AppSettings,
  releases: ReleaseStack,
): Promise<number | undefined> {
  if (OPS_PORT === undefined) return undefined
  const server = await createOperatorServer(serving)
  releases.add(() => server.close())
  await server.listen({ port: OPS_PORT, host: HOST })
  return (server.server.address() as AddressInfo).port
}

/** Whether a session's user is who it is said to be (X3). */
function knowsUsers({ AUTH, TRUST_USER_ID }: AppSettings): boolean {
  return AUTH === 'jwt' || TRUST_USER_ID
}

async function inMemory(settings: AppSettings, log: Log): Promise<Backing> {
  log.warn({}, 'STORE=memory: one replica, and every session is lost when it exits')
  const store = new MemorySessionStore({
    ttlSeconds: settings.SESSION_TTL,
    maxMessages: settings.SESSION_MAX_MESSAGES,
    indexUsers: knowsUsers(settings),
    clock: systemClock,
  })
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

async function inRedis(
  settings: AppSettings,
  address: string,
  log: Log,
  meter: Meter,
  releases: ReleaseStack,
): Promise<Backing> {
  const connections = await connectRedis(settings, log)
  releases.add(() => connections.close())
  const limits = {
    ttlSeconds: settings.SESSION_TTL,
    maxMessages: settings.SESSION_MAX_MESSAGES,
    indexUsers: knowsUsers(settings),
  }
  const bus = new RedisBus(connections, { address, log, meter })
  await bus.start()
  const membership = new RedisMembership(connections, { address, leaseMs: settings.LEASE_MS, log, meter })
  await membership.start()
  const shared = new RedisSessionStore(connections, { ...limits, log, meter })
  const store = new FallbackStore({
    shared,
    // Nothing that has to be brought back may be trimmed: FALLBACK_MAX_BYTES is its bound.
    memory: new MemorySessionStore({ ...limits, maxMessages: Number.MAX_SAFE_INTEGER, clock: systemClock }),
    owner: address,
    maxBytes: settings.FALLBACK_MAX_BYTES,
    clock: systemClock,
    log,
    meter,
    probe: async () => {
      await membership.renew()
      await shared.entitled()
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
      redisUp: () => (connections.state() === 'ready' && store.backend === 'redis' ? 1 : 0),
      memoryMode: () => (store.backend === 'memory' ? 1 : 0),
      heldSessions: () => store.held.sessions,
      heldBytes: () => store.held.bytes,
      heldMaxBytes: () => settings.FALLBACK_MAX_BYTES,
    },
    onBusAgain: (listener) => void connections.onState((state) => state === 'ready' && listener()),
  }
}
