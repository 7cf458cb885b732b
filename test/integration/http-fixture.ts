import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { onTestFinished } from 'vitest'
import { createAuthenticator } from '../../src/access/authenticate.ts'
import { readSettings } from '../../src/config/settings.ts'
import { createConversations } from '../../src/conversation/create.ts'
import type { ConversationEngine } from '../../src/conversation/engine.ts'
import { createHttpServer, type HttpServerOptions } from '../../src/http/server.ts'
import { Backlog, type BacklogOptions } from '../../src/network/backlog.ts'
import { LargeReplies } from '../../src/network/large-replies.ts'
import { createLog } from '../../src/observability/log.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { systemLoad } from '../../src/observability/system-load.ts'
import { noBus } from '../../src/ports/bus.ts'
import { systemClock } from '../../src/ports/clock.ts'
import { noMembership } from '../../src/ports/membership.ts'
import type { Model, ModelEnd, ModelRequest, TokenSink } from '../../src/ports/model.ts'
import { noLimit } from '../../src/ports/rate-limiter.ts'
import { noRetriever } from '../../src/ports/retriever.ts'
import { noBudget } from '../../src/ports/token-budget.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { memoryRateLimiter } from '../../src/store/memory/rate-limiter.ts'
import { memoryTokenBudget } from '../../src/store/memory/token-budget.ts'
import { eventually } from '../support/conditions.ts'

/** Of the tokens of `bearer`. */
export const SECRET = 'a secret that is long enough for HS256'

export async function bearer(user: string, expiresInSeconds = 60): Promise<{ authorization: string }> {
  const token = await new SignJWT({ sub: user, exp: Math.floor(Date.now() / 1000) + expiresInSeconds })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET))
  return { authorization: `Bearer ${token}` }
}

/** One answer that the model was asked for, spoken by the test. */
export interface Asked {
  readonly request: ModelRequest
  readonly signal: AbortSignal
  say(text: string): void
  end(): void
  fail(error: Error): void
}

/** A model whose words a test speaks, or, with `reply`, a function. */
export class HandModel implements Model {
  readonly resumes = 'none'
  reply: ((question: string) => string) | null = (question) => `You said: ${question}`
  readonly asked: Asked[] = []
  #waiting: ((asked: Asked) => void)[] = []

  /** The next answer that is asked for. */
  next(): Promise<Asked> {
    this.reply = null
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async generate(request: ModelRequest, sink: TokenSink, signal: AbortSignal): Promise<ModelEnd> {
    const ended = Promise.withResolvers<ModelEnd>()
    signal.addEventListener('abort', () => ended.reject(signal.reason))
    const asked: Asked = {
      request,
      signal,
      say: (text) => void sink.text(text),
      end: () => ended.resolve({ finishReason: 'stop' }),
      fail: (error) => ended.reject(error),
    }
    this.asked.push(asked)
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) waiting(asked)
    else if (this.reply !== null) {
      asked.say(this.reply(request.turns.at(-1)?.content ?? ''))
      asked.end()
    }
    return ended.promise
  }

  cancel(): void {}

  async close(): Promise<void> {}
}

export interface Fixture {
  readonly url: string
  readonly model: HandModel
  readonly app: Awaited<ReturnType<typeof createHttpServer>>
  readonly store: MemorySessionStore
  readonly engine: ConversationEngine
  /** Every line that was logged. */
  readonly logged: () => Record<string, unknown>[]
  /** Calls a route with a JSON body, where one is given. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Called>
  newSession(): Promise<string>
}

export interface Called {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape they check
  readonly body: any
}

interface Overrides extends Partial<Omit<HttpServerOptions, 'backlog'>> {
  readonly backlog?: Pick<BacklogOptions, 'maxAnswerBytes' | 'deadlineMs'>
  /** `createHttpServer` by default. */
  readonly create?: typeof createHttpServer
}

/** A replica's HTTP side over real use cases and the memory store, gone when the test has finished. */
export async function startHttp(
  env: Record<string, string> = {},
  { backlog = { maxAnswerBytes: 0 }, create = createHttpServer, ...overrides }: Overrides = {},
): Promise<Fixture> {
  const settings = readSettings({ STORE: 'memory', LOG_LEVEL: 'trace', REPLICA_ID: 'r1', LLM_RETRIES: '0', ...env })
  const lines: string[] = []
  const log = createLog(settings, { write: (line) => void lines.push(line) })
  const build = { version: '1.2.3', protocol: 7 }
  const { meter, registry } = createMetrics({ replica: 'r1', build })
  const model = new HandModel()
  const load = systemLoad(meter.loopLag)
  const store = new MemorySessionStore({
    ttlSeconds: settings.SESSION_TTL,
    maxMessages: settings.SESSION_MAX_MESSAGES,
    indexUsers: settings.AUTH === 'jwt' || settings.TRUST_USER_ID,
    clock: systemClock,
  })
  const engine = createConversations({
    address: 'r1.test',
    store,
    bus: noBus,
    membership: noMembership,
    sockets: { end() {} },
    model: model,
    retriever: noRetriever,
    limiter: settings.RATE_LIMIT === 0 ? noLimit : memoryRateLimiter({ points: settings.RATE_LIMIT }),
    budget: settings.DAILY_TOKEN_LIMIT === 0 ? noBudget : memoryTokenBudget(settings.DAILY_TOKEN_LIMIT, systemClock),
    clock: systemClock,
    load,
    random: Math.random,
    newId: randomUUID,
    meter,
    log,
    settings,
  })
  const app = await create({
    api: engine.api,
    settings,
    authenticator: createAuthenticator(settings, log, systemClock),
    backlog: new Backlog({ ...backlog, clock: systemClock, onCut: () => meter.slowReaders(1) }),
    largeReplies: new LargeReplies(systemClock),
    connectLimiter: settings.CONNECT_LIMIT === 0 ? noLimit : memoryRateLimiter({ points: settings.CONNECT_LIMIT }),
    log,
    meter,
    registry,
    readiness: () => ({ ready: true }),
    backend: () => store.backend,
    publicDir: join(tmpdir(), 'no such directory'),
    replica: 'r1',
    build,
    ...overrides,
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(async () => {
    for (const { end } of model.asked) end()
    await eventually('no answer runs', () => engine.answersRunning() === 0)
    await app.close()
    await engine.close()
    load.close()
    registry.clear()
  })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Called> {
    const response = await fetch(url + path, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text }
  }

  return {
    url,
    model,
    app,
    store,
    engine,
    logged: () => lines.map((line) => JSON.parse(line)),
    call,
    newSession: async () => (await call('POST', '/api/chat/sessions')).body.session_id,
  }
}

/** A directory that is gone when the test has finished. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'baton-http-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}
