import { randomBytes, randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { createAuthenticator } from './access/authenticate.ts'
import { Operators } from './access/operators.ts'
import { createBacking } from './backing.ts'
import { quotasIn } from './config/quotas.ts'
import type { ResolvedSettings } from './config/settings.ts'
import { createConversations } from './conversation/create.ts'
import type { ConversationEngine } from './conversation/engine.ts'
import { Gateway } from './gateway/server.ts'
import type { Readiness } from './http/operations.ts'
import { createHttpServer, createOperatorServer, type HttpServerOptions } from './http/server.ts'
import { listen } from './listen.ts'
import { createModel, createRetriever } from './model/create.ts'
import { Backlog } from './network/backlog.ts'
import { LargeReplies } from './network/large-replies.ts'
import { createLog } from './observability/log.ts'
import { createMetrics } from './observability/metrics.ts'
import { systemLoad } from './observability/system-load.ts'
import { createTracer } from './observability/traces.ts'
import { createOperated, type OperatedParts } from './operated.ts'
import { systemClock, within } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import type { Meter } from './ports/meter.ts'
import { noQuotas, type Quotas } from './ports/quotas.ts'
import { noLimit } from './ports/rate-limiter.ts'
import { noBudget } from './ports/token-budget.ts'
import { ReleaseStack } from './release-stack.ts'
import { weightOfSession } from './session/weight.ts'
import { AccountQuotas } from './store/quotas.ts'
import { PROTOCOL } from './store/redis/protocol.ts'

/** Connections that wait to be accepted: the clients of a dead replica come all at once, and above it the kernel drops them for seconds. */
const ACCEPT_QUEUE = 4096

/** What is kept of `DRAIN_TIMEOUT` for letting go of connections and the like, in milliseconds: a fifth of it and a little, within a bound. */
const RELEASE_MS = { least: 500, most: 3000 }
/** What each of them may take of that: it is enough for five that hang. */
const RELEASE_SHARE = 1 / 5

/** Tokens a minute from one address that open nothing, before no more are looked at. */
const WRONG_TOKENS = 20

export interface App {
  /** The port that it listens on. */
  readonly port: number
  readonly log: Log
  readonly meter: Meter
  /** Unready at once, then sockets leave and answers finish; resolves when all is released, after `DRAIN_TIMEOUT`, or half a second, at the latest (F5). */
  stop(): Promise<void>
}

/** Composes one replica from its parts and starts it. Rejects, with everything released, where a part cannot start. `remarks` go into its log. */
export async function startApp(settings: ResolvedSettings, remarks: readonly string[] = []): Promise<App> {
  const log = createLog(settings)
  for (const remark of remarks) log.warn({}, remark)
  const releases = new ReleaseStack()
  try {
    return await compose(settings, log, releases)
  } catch (error) {
    await releases.release(log, RELEASE_MS.most * RELEASE_SHARE)
    throw error
  }
}

async function compose(
  settings: ResolvedSettings,
  log: ReturnType<typeof createLog>,
  releases: ReleaseStack,
): Promise<App> {
  const base = await createBase(settings, log, releases)
  const operators = new Operators(settings.ADMIN_TOKEN)
  const audit = log.child({}, { level: 'info' }) // whatever LOG_LEVEL is
  const conversations = createEngine(base, operators, audit, releases)
  const port = await serve(base, conversations, operators, audit, releases)
  const { gateway, meter, status } = base

  let stopping: Promise<void> | null = null
  const stop = async () => {
    status.draining = true
    const timeoutMs = settings.DRAIN_TIMEOUT * 1000
    const releaseMs = Math.min(RELEASE_MS.most, RELEASE_MS.least + timeoutMs / 5)
    log.info({ connections: gateway.connections, answers: conversations.answersRunning() }, 'draining')
    // What was acknowledged while Redis is away is nowhere else: there is time for it to come back.
    const drainMs = Math.max(0, timeoutMs - releaseMs)
    const given = conversations.drain(drainMs).then(() => base.backing.fallback?.returned())
    await within(systemClock, drainMs, Promise.all([gateway.drain(drainMs), given])).catch((err: unknown) => {
      log.error({ err }, 'draining failed')
    })
    await releases.release(log, releaseMs * RELEASE_SHARE)
    log.info({}, 'stopped')
  }
  return { port, log, meter, stop: () => (stopping ??= stop()) }
}

type Base = Awaited<ReturnType<typeof createBase>>

/** What both the conversations and the servers stand on. */
async function createBase(settings: ResolvedSettings, log: ReturnType<typeof createLog>, releases: ReleaseStack) {
  const replica = settings.REPLICA_ID
  const address = `${replica}.${randomBytes(4).toString('hex')}`
  const build = { version: packageJson.version, protocol: PROTOCOL }
  const status = { draining: false, lagMs: 0 }
  const metrics = createMetrics({ replica, build })
  const { meter } = metrics
  const tracer = await createTracer(settings, replica, build)
  releases.add(() => tracer.close())
  const backing = await createBacking(settings, address, log, meter, releases)
  const limiter = (name: string, points: number) => (points === 0 ? noLimit : backing.limiter(name, points))
  const load = systemLoad((ms) => {
    status.lagMs = ms
    meter.loopLag(ms)
  })
  releases.add(() => load.close())
  metrics.read({
    ...backing.readings,
    draining: () => (status.draining ? 1 : 0),
    saturated: () => (load.saturated() ? 1 : 0),
    loopUtilisation: () => load.utilisation(),
  })
  const shared = {
    settings,
    authenticator: createAuthenticator(settings, log, systemClock),
    connectLimiter: limiter('connect', settings.CONNECT_LIMIT),
    backlog: createBacklog(settings, meter, log),
    largeReplies: new LargeReplies(systemClock),
    meter,
    tracer,
    log,
  }
  const gateway = new Gateway({ ...shared, adapterClients: backing.adapterClients, clock: systemClock })
  return { ...shared, replica, address, build, status, registry: metrics.registry, backing, limiter, load, gateway }
}

function createEngine(base: Base, operators: Operators, audit: Log, releases: ReleaseStack): ConversationEngine {
  const { settings, address, build, status, backing, limiter, load, gateway, meter, tracer, log } = base
  const { store, bus, membership, fallback } = backing
  const operated = createOperated({
    address,
    build,
    operators,
    log,
    audit,
    gateway,
    load,
    status,
    held: () => heldBy(base),
  })
  const model = createModel(settings, log, meter)
  releases.add(() => model.close())
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
    quotas: createQuotas(base, releases),
    operated,
    clock: systemClock,
    load,
    random: Math.random,
    newId: randomUUID,
    meter,
    tracer,
    log,
    settings,
  })
  releases.add(() => conversations.close())
  backing.onBusAgain(conversations.busInterrupted)
  fallback?.remember(conversations.recall)
  fallback?.onBackend((backend) => gateway.tellBackend(backend))
  return conversations
}

function heldBy({ settings, backing }: Base): ReturnType<OperatedParts['held']> {
  const { store, fallback } = backing
  return {
    backend: store.backend,
    heldSessions: fallback?.held.sessions ?? 0,
    heldBytes: fallback?.held.bytes ?? 0,
    heldMaxBytes: settings.FALLBACK_MAX_BYTES,
  }
}

function createQuotas({ settings, backing }: Base, releases: ReleaseStack): Quotas {
  const limits = quotasIn(settings)
  if (limits === null) return noQuotas
  const quotas = new AccountQuotas(backing.ledger(), limits, systemClock)
  releases.add(() => quotas.close())
  return quotas
}

/** Listens, for clients and for operators, and gives the port for clients. */
async function serve(
  base: Base,
  { api, reports }: ConversationEngine,
  operators: Operators,
  audit: Log,
  releases: ReleaseStack,
): Promise<number> {
  const { settings, replica, address, backing, limiter, gateway, log } = base
  const admin = {
    api,
    reports,
    operators,
    limiter: limiter('admin', WRONG_TOKENS),
    settings,
    audit,
    replica,
    adminDir: join(import.meta.dirname, 'admin'),
  }
  const serving: HttpServerOptions = {
    ...base,
    api,
    readiness: () => readinessOf(base),
    backend: () => backing.store.backend,
    publicDir: join(import.meta.dirname, 'public'),
    sockets: {
      isUpgrade: (request) => gateway.isUpgrade(request),
      attach: (server) => gateway.attach(server, api),
    },
    admin: settings.ADMIN_TOKEN.length === 0 ? undefined : admin,
  }
  const opsPort = await listenForOperators(serving, settings, releases)
  const http = await createHttpServer(serving)
  releases.add(() => http.close())
  await http.ready()
  releases.add(() => gateway.close())
  await listen(http, { setting: 'PORT', port: settings.PORT, host: settings.HOST, backlog: ACCEPT_QUEUE })
  const { port } = http.server.address() as AddressInfo
  log.info({ address, port, opsPort, store: settings.STORE, llmApi: settings.LLM_API }, 'listening')
  return port
}

/** While Redis is away a replica serves, unless it may not even hold one session (G7). */
function readinessOf({ status, backing, settings }: Base): Readiness {
  if (status.draining) return { ready: false, reason: 'draining' }
  const { FALLBACK_MAX_BYTES } = settings
  const servesNothing =
    backing.fallback?.backend === 'memory' && FALLBACK_MAX_BYTES < weightOfSession({ userId: null }, [])
  if (!servesNothing) return { ready: true }
  return { ready: false, reason: `Redis is away, and in FALLBACK_MAX_BYTES=${FALLBACK_MAX_BYTES} no session fits` }
}

/** Gives the port; undefined where operators have none of their own. */
async function listenForOperators(
  serving: HttpServerOptions,
  { OPS_PORT, HOST }: ResolvedSettings,
  releases: ReleaseStack,
): Promise<number | undefined> {
  if (OPS_PORT === undefined) return undefined
  const server = await createOperatorServer(serving)
  releases.add(() => server.close())
  await listen(server, { setting: 'OPS_PORT', port: OPS_PORT, host: HOST })
  return (server.server.address() as AddressInfo).port
}

function createBacklog({ MAX_ANSWER_BYTES }: ResolvedSettings, meter: Meter, log: Log): Backlog {
  return new Backlog({
    maxAnswerBytes: MAX_ANSWER_BYTES,
    clock: systemClock,
    onCut: (bytes) => {
      meter.slowReaders(1)
      meter.socketsClosed(1, { reason: 'unread' })
      log.info({ bytes }, 'a client that does not read was cut off')
    },
  })
}
