import { hostname } from 'node:os'
import proxyAddr from 'proxy-addr'
import { z } from 'zod'

/** Every setting of a gateway with its environment variable, default and bounds (contract R4). Read once, then frozen. */
export type Settings = Readonly<z.infer<typeof schema>>

/** A setting that cannot be used; the message names it, its value and what is allowed. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

const int = (low: number, high = 2 ** 31 - 1) =>
  z
    .string()
    .refine((value) => /^-?\d+$/.test(value), { error: 'a whole number', abort: true })
    .transform(Number)
    .refine((value) => value >= low, { error: `a whole number of at least ${low}`, abort: true })
    .refine((value) => value <= high, { error: `a whole number of at most ${high}` })
/** Of the settings that are said in words; `1` and `0` are understood as well. */
const onOff = z
  .enum(['on', 'off', '1', '0'], { error: 'on or off' })
  .transform((value) => value === 'on' || value === '1')
const flag = z.enum(['0', '1'], { error: '0 or 1' }).transform((value) => value === '1')
const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  })
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)
const choice = <const T extends readonly string[]>(...values: T) =>
  z.enum(values, { error: `one of ${values.join(', ')}` })
const jsonObject = z.string().transform((value, context): Readonly<Record<string, unknown>> => {
  try {
    const parsed: unknown = JSON.parse(value)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed }
  } catch {
    // said below, like anything else that is no object
  }
  context.addIssue({ code: 'custom', message: 'a JSON object' })
  return z.NEVER
})
const nodeUrls = list.refine(
  (urls) => urls.length > 0 && urls.every((u) => URL.canParse(u) && /^rediss?:$/.test(new URL(u).protocol)),
  {
    error: 'redis:// or rediss:// URLs, several separated by commas for a Cluster',
  },
)

/** `*`, or what a browser sends as `Origin`; anything else (a path, a default port, capitals) would never match. */
const isOrigin = (value: string) =>
  value === '*' ||
  (/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/.test(value) &&
    (!/^https?:/.test(value) || (URL.canParse(value) && new URL(value).origin === value)))

function areProxies(addresses: string[]): boolean {
  try {
    proxyAddr.compile(addresses)
    return true
  } catch {
    return false
  }
}

const schema = z.object({
  PORT: int(0, 65535).default(8080),
  HOST: z.string().default('127.0.0.1'),
  REPLICA_ID: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'letters, digits, - and _, at most 64' })
    .default(
      () =>
        hostname()
          .replace(/[^A-Za-z0-9_-]/g, '-')
          .slice(0, 64) || 'replica',
    ),
  LOG_LEVEL: choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
  DEMO: flag.default(false),
  DATA_DIR: z.string().default('.baton'),
  POLLING: flag.default(false),
  BASE_PATH: z
    .string()
    .refine((value) => /^(\/[A-Za-z0-9._~-]+)*\/?$/.test(value), { error: 'a path such as /chat' })
    .transform((value) => value.replace(/\/$/, ''))
    .default(''),

  STORE: choice('redis', 'memory').default('redis'),
  REDIS_URL: nodeUrls.default(['redis://127.0.0.1:6379']),
  REDIS_SENTINELS: list
    .refine((nodes) => nodes.every((node) => /^[^:]+:\d+$/.test(node)), {
      error: 'host:port, several separated by commas',
    })
    .default([]),
  REDIS_MASTER: z.string().default('mymaster'),
  REDIS_SENTINEL_PASSWORD: z.string().optional(),
  REDIS_TLS_CERT: z.string().optional(),
  REDIS_TLS_KEY: z.string().optional(),
  REDIS_TLS_CA: z.string().optional(),
  REDIS_WAIT: int(0, 64).default(0),
  KEY_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9:._-]{1,64}$/, { error: 'letters, digits and : . _ -, at most 64' })
    .default(''),
  FALLBACK_MAX_BYTES: int(0).default(64 * 1024 * 1024),

  SESSION_TTL: int(1).default(3600),
  SESSION_MAX_MESSAGES: int(2, 100_000).default(100),
  CONTEXT_MESSAGES: int(1, 10_000).default(20),
  CONTEXT_TOKENS: int(0).default(0),
  MAX_CONTENT_BYTES: int(1, 120 * 1024).default(32768),
  MAX_ANSWER_BYTES: int(1, 64 * 1024 * 1024).default(1024 * 1024),
  MAX_SESSIONS_PER_USER: int(1).default(1000),
  DELTA_WINDOW_MS: int(0, 10_000).default(25),
  LEASE_MS: int(200, 60_000).default(1500),
  DRAIN_TIMEOUT: int(0, 3600).default(30),

  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_BASE_URL: url('http:', 'https:').optional(),
  LLM_MODEL: z.string().min(1).default('gpt-5-mini'),
  LLM_API: choice('chat', 'responses').optional(),
  LLM_RESUME: choice('auto', 'reattach', 'continue', 'restart', 'none').default('auto'),
  LLM_CONTINUE: choice('instruct', 'prefix', 'vllm').default('instruct'),
  LLM_RETRIES: int(0, 20).default(2),
  LLM_TIMEOUT_MS: int(1).default(60_000),
  LLM_SILENCE_MS: int(1).default(600_000),
  LLM_REASONING: choice('hide', 'show', 'store').default('hide'),
  LLM_HEADERS: jsonObject
    .refine((headers) => Object.values(headers).every((value) => typeof value === 'string'), {
      error: 'a JSON object whose values are strings',
    })
    .default({}),
  LLM_EXTRA_BODY: jsonObject.default({}),
  LLM_STREAM_USAGE: onOff.default(true),
  LLM_IDENTITY: onOff.default(false),
  LLM_MAX_TOKENS: int(0).default(0),
  DAILY_TOKEN_LIMIT: int(0, Number.MAX_SAFE_INTEGER).default(0),
  SYSTEM_PROMPT: z.string().default('You are a helpful assistant.'),
  RETRIEVER_URL: url('http:', 'https:').optional(),
  RETRIEVER_TIMEOUT_MS: int(1).default(2000),

  AUTH: choice('none', 'jwt').default('none'),
  JWT_SECRET: z.string().min(1).optional(),
  JWT_JWKS_URL: url('http:', 'https:').optional(),
  JWT_AUDIENCE: z.string().optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_REQUIRE_EXP: flag.default(true),
  TRUST_USER_ID: flag.optional(),
  ALLOWED_ORIGINS: list
    .refine((origins) => origins.every(isOrigin), {
      error: '* or origins as browsers send them, such as https://example.com, separated by commas',
    })
    .default(['*']),
  TRUST_PROXY: list
    .refine(areProxies, {
      error: 'IP addresses, ranges such as 10.0.0.0/8, loopback, linklocal or uniquelocal, separated by commas',
    })
    .default(['loopback']),
  RATE_LIMIT: int(0).default(120),
  CONNECT_LIMIT: int(0).default(600),
})

type Defined<T> = { [K in keyof T]: T[K] }

/** Settings with the defaults that depend on other settings filled in. */
export type ResolvedSettings = Settings & { readonly LLM_API: 'chat' | 'responses'; readonly TRUST_USER_ID: boolean }

/** Settings of which nothing is a value of its own (S7). */
const MAY_BE_EMPTY = new Set(['SYSTEM_PROMPT'])

/** Checks `env` and gives the settings, or throws `SettingsError` naming every wrong one. An empty variable is as good as none. */
export function readSettings(env: NodeJS.ProcessEnv): ResolvedSettings {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const value = env[name]
      return value === undefined || (value === '' && !MAY_BE_EMPTY.has(name)) ? [] : [[name, value]]
    }),
  )
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const complaints = parsed.error.issues.map(
      (issue) =>
        `${String(issue.path[0])}=${JSON.stringify(hidden(String(issue.path[0]), given))}: must be ${issue.message}`,
    )
    throw new SettingsError(complaints.join('\n'))
  }
  const settings: Defined<typeof parsed.data> = parsed.data
  checkTogether(settings)
  return Object.freeze({
    ...settings,
    LLM_API: settings.LLM_API ?? (settings.OPENAI_BASE_URL === undefined ? 'responses' : 'chat'),
    TRUST_USER_ID: settings.TRUST_USER_ID ?? isLoopback(settings.HOST),
  })
}

/** Whether only this machine reaches what listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function checkTogether(settings: z.infer<typeof schema>): void {
  if (settings.AUTH === 'jwt' && settings.JWT_SECRET === undefined && settings.JWT_JWKS_URL === undefined) {
    throw new SettingsError('AUTH="jwt": needs JWT_SECRET or JWT_JWKS_URL')
  }
  if (
    settings.LLM_RESUME === 'reattach' &&
    (settings.LLM_API ?? (settings.OPENAI_BASE_URL ? 'chat' : 'responses')) === 'chat'
  ) {
    throw new SettingsError(
      'LLM_RESUME="reattach": only LLM_API=responses can; allowed with chat are auto, continue, restart, none',
    )
  }
}

/** A setting's value as it may be shown: no keys, no passwords in URLs. */
function hidden(name: string, given: Record<string, string | undefined>): string | undefined {
  return /KEY|SECRET/.test(name) ? '(hidden)' : given[name]?.replace(/^.*@/s, '(hidden)@')
}
