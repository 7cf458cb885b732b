import { Agent, EnvHttpProxyAgent, Pool } from 'undici'
import { basicAuth, decoded } from '../config/basic-auth.ts'
import type { ResolvedSettings } from '../config/settings.ts'
import type { Log, LogFields } from '../ports/log.ts'
import { type Meter, MODEL_STATUSES, type ModelStatus } from '../ports/meter.ts'
import { ModelError, type ModelRequest } from '../ports/model.ts'
import { MAX_PLAIN_BYTES } from './body-reader.ts'
import { complaintIn } from './complaint.ts'
import { connectionFailed } from './errors.ts'
import type { ExchangeLimits } from './exchange.ts'
import { type HttpReply, type HttpRequest, type SendOptions, send } from './http.ts'
import { judged, Refusal } from './refusal.ts'
import type { ResponseBody } from './response-body.ts'
import { retryAfterMs } from './retry-after.ts'
import { Secrets, secretsIn } from './secrets.ts'
import { MAX_EVENT_BYTES } from './sse-reader.ts'

/** How long work that ends a background response may keep `close` waiting. */
const FAREWELL_MS = 2000
/** How long the words of a refusal are waited for; the status is known already. */
const REFUSAL_MS = 2000
/** Where `OPENAI_BASE_URL` names no other place. */
export const OPENAI_URL = 'https://api.openai.com/v1'

/** A request to the provider, under its base URL. */
export interface ProviderRequest {
  readonly method?: 'POST'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON, by POST. */
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * No timeouts of its own: silence is judged where the events are read. No HTTP/2: an answer that is not read for a while
 * would take its share of a window that it has in common with others.
 */
const PATIENT = { headersTimeout: 0, bodyTimeout: 0, allowH2: false } as const

/** The connections to the model's provider: addresses, authentication, refusals. */
export class Provider {
  readonly log: Log
  readonly limits: ExchangeLimits
  readonly #base: URL
  readonly #headers: Readonly<Record<string, string>>
  readonly #secrets: Secrets
  readonly #meter: Meter
  /** By a proxy where Node.js itself asks by one. */
  readonly #agent =
    process.env.NODE_USE_ENV_PROXY === '1'
      ? new EnvHttpProxyAgent({
          ...PATIENT,
          factory: (origin, options) => new Pool(origin, { ...options, ...PATIENT }),
        })
      : new Agent(PATIENT)
  readonly #farewells = new Set<Promise<unknown>>()

  constructor(settings: ResolvedSettings, log: Log, meter: Meter) {
    const { OPENAI_API_KEY: key, OPENAI_BASE_URL, LLM_HEADERS, LLM_EXTRA_BODY } = settings
    this.log = log
    this.#meter = meter
    this.limits = {
      timeoutMs: settings.LLM_TIMEOUT_MS,
      silenceMs: settings.LLM_SILENCE_MS,
      // The last event of a response repeats all of its text, some of it escaped.
      maxEventBytes: Math.max(MAX_EVENT_BYTES, 4 * settings.MAX_ANSWER_BYTES),
    }
    this.#base = new URL(OPENAI_BASE_URL ?? OPENAI_URL)
    this.#headers = { ...basicAuth(this.#base), ...headersFor(settings) }
    this.#secrets = new Secrets([
      key ?? '',
      decoded(this.#base.password),
      basicAuth(this.#base).authorization ?? '',
      ...this.#base.searchParams.values(),
      ...Object.values(LLM_HEADERS).map(String),
      ...secretsIn(LLM_EXTRA_BODY),
    ])
    if (key === undefined && OPENAI_BASE_URL === undefined) {
      log.warn({}, 'neither OPENAI_API_KEY nor OPENAI_BASE_URL is set: the model will refuse to answer')
    }
  }

  /** Gives the body of the reply to a request. Rejects with a `Refusal` where the status is none of success. */
  async ask(request: ProviderRequest, options: SendOptions): Promise<ResponseBody> {
    const { status, headers, body } = await this.#reply(request, options)
    if (status >= 200 && status < 300) return body
    const complaint = complaintIn(await body.beginning(MAX_PLAIN_BYTES, REFUSAL_MS))
    throw new Refusal(status, complaint, retryAfterMs(headers, Date.now()))
  }

  /** Counts how the provider replies; that the one who asked has left is no failure of its. */
  async #reply(request: ProviderRequest, options: SendOptions): Promise<HttpReply> {
    try {
      const reply = await send(this.#agent, this.#requestOf(request), options)
      this.#meter.modelRequests(1, { status: statusLabel(reply.status) })
      return reply
    } catch (error) {
      if (!options.signal.aborted || options.signal.reason instanceof ModelError)
        this.#meter.modelRequests(1, { status: 'none' })
      throw error
    }
  }

  /** What a failed request, a body that broke off or a refusal is to the caller. */
  failure(thrown: unknown, request: ModelRequest): unknown {
    if (!(thrown instanceof Refusal)) return connectionFailed(thrown)
    this.logRefusal(thrown, request)
    return judged(thrown)
  }

  /** A refusal's words are the operator's to know, not the client's. */
  logRefusal({ status, complaint: { names, words } }: Refusal, request: ModelRequest): void {
    const named = names.slice(0, 4).map((name) => this.#secrets.hide(name))
    this.warn(request, 'the provider of the model refused', { status, named, said: this.#secrets.hide(words) })
  }

  /** Tells the operator of what happened to one answer. */
  warn({ sessionId, messageId }: ModelRequest, text: string, fields: LogFields = {}): void {
    this.log.warn({ session: sessionId, message: messageId, ...fields }, text)
  }

  /** Work that nobody waits for but `close`, a little. It must not reject. */
  farewell(work: Promise<unknown>): void {
    this.#farewells.add(work)
    void work.finally(() => this.#farewells.delete(work))
  }

  async close(): Promise<void> {
    const limit = Promise.withResolvers<void>()
    const timer = setTimeout(limit.resolve, FAREWELL_MS)
    await Promise.race([Promise.all(this.#farewells), limit.promise])
    clearTimeout(timer)
    await this.#agent.destroy()
  }

  #requestOf({ method, path, query = {}, body, headers: more }: ProviderRequest): HttpRequest {
    const url = new URL(this.#base)
    url.pathname = url.pathname.replace(/\/*$/, () => path)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const headers = { ...this.#headers, ...more }
    if (body === undefined) return { method: method ?? 'GET', url, headers, body: null }
    const typed = { 'content-type': 'application/json', ...headers }
    return { method: 'POST', url, headers: typed, body: JSON.stringify(body) }
  }
}

/** OpenAI's own, as its client sends them, then LLM_HEADERS, in place of those of that name. */
function headersFor(settings: ResolvedSettings): Record<string, string> {
  const { OPENAI_API_KEY: key, OPENAI_ORG_ID: organization, OPENAI_PROJECT_ID: project, LLM_HEADERS } = settings
  const own = {
    accept: 'text/event-stream, application/json',
    'accept-encoding': 'identity',
    'user-agent': 'baton',
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(organization !== undefined && { 'openai-organization': organization }),
    ...(project !== undefined && { 'openai-project': project }),
  }
  const others = Object.entries(LLM_HEADERS).map(([name, value]) => [name.toLowerCase(), value])
  return { ...own, ...Object.fromEntries(others) }
}

const LABELS: ReadonlySet<string> = new Set(MODEL_STATUSES)
const isLabel = (label: string): label is ModelStatus => LABELS.has(label)

/** A provider may send any number: that is not to be a label. */
function statusLabel(status: number): ModelStatus {
  const [itself, kind] = [String(status), `${Math.floor(status / 100)}xx`]
  if (isLabel(itself)) return itself
  return isLabel(kind) ? kind : 'none'
}
