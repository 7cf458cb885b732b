import { hostname } from 'node:os'
import { z } from 'zod'
import { LOG_LEVELS } from '../protocol/operators.ts'
import {
  basePath,
  choice,
  flag,
  headers,
  host,
  hostsWithPorts,
  hs256Secret,
  hs256Secrets,
  httpUrl,
  int,
  jsonObject,
  key,
  onOff,
  operatorTokens,
  origins,
  phrase,
  proxies,
  readableFile,
  redisUrls,
  word,
} from './readers.ts'

/** Every setting of a gateway with its environment variable, default and bounds (R4, R6). */
export const schema = z.object({
  PORT: int(0, 65535).default(8080),
  HOST: host().default('127.0.0.1'),
  OPS_PORT: int(0, 65535).optional(),
  ADMIN_TOKEN: operatorTokens().default([]),
  REPLICA_ID: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'letters, digits, - and _, at most 64' })
    .default(
      () =>
        hostname()
          .replace(/[^A-Za-z0-9_-]/g, '-')
          .slice(0, 64) || 'replica',
    ),
  LOG_LEVEL: choice(...LOG_LEVELS).default('info'),
  DEMO: flag().default(false),
  DATA_DIR: phrase().default('.baton'),
  POLLING: flag().default(false),
  BASE_PATH: basePath().default(''),

  STORE: choice('redis', 'memory').default('redis'),
  REDIS_URL: redisUrls().default(['redis://127.0.0.1:6379']),
  REDIS_SENTINELS: hostsWithPorts().default([]),
  REDIS_MASTER: word().default('mymaster'),
  REDIS_SENTINEL_PASSWORD: phrase().optional(),
  REDIS_TLS_CERT: readableFile().optional(),
  REDIS_TLS_KEY: readableFile().optional(),
  REDIS_TLS_CA: readableFile().optional(),
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

  OPENAI_API_KEY: key().optional(),
  OPENAI_BASE_URL: httpUrl().optional(),
  OPENAI_ORG_ID: key().optional(),
  OPENAI_PROJECT_ID: key().optional(),
  LLM_MODEL: word().default('gpt-5-mini'),
  LLM_API: choice('chat', 'responses').optional(),
  LLM_RESUME: choice('auto', 'reattach', 'continue', 'restart', 'none').default('auto'),
  LLM_CONTINUE: choice('instruct', 'prefix', 'vllm').default('instruct'),
  LLM_RETRIES: int(0, 20).default(2),
  LLM_TIMEOUT_MS: int(1).default(60_000),
  LLM_SILENCE_MS: int(1).default(600_000),
  LLM_REASONING: choice('hide', 'show', 'store').default('hide'),
  LLM_HEADERS: headers().default({}),
  LLM_EXTRA_BODY: jsonObject().default({}),
  LLM_STREAM_USAGE: onOff().default(true),
  LLM_IDENTITY: onOff().default(false),
  LLM_MAX_TOKENS: int(0).default(0),
  DAILY_TOKEN_LIMIT: int(0, Number.MAX_SAFE_INTEGER).default(0),
  SYSTEM_PROMPT: z.string().default('You are a helpful assistant.'),
  RETRIEVER_URL: httpUrl().optional(),
  RETRIEVER_TIMEOUT_MS: int(1).default(2000),

  AUTH: choice('none', 'jwt').default('none'),
  JWT_SECRET: hs256Secret().optional(),
  JWT_OTHER_SECRETS: hs256Secrets().default([]),
  JWT_JWKS_URL: httpUrl().optional(),
  JWT_AUDIENCE: word().optional(),
  JWT_ISSUER: word().optional(),
  JWT_USER_CLAIM: word().default('sub'),
  JWT_GROUP_CLAIM: word().optional(),
  JWT_REQUIRE_EXP: flag().default(true),
  TRUST_USER_ID: flag().optional(),
  ALLOWED_ORIGINS: origins().default(['*']),
  TRUST_PROXY: proxies().default(['loopback']),
  DAILY_MESSAGES_PER_USER: int(0).default(0),
  DAILY_SESSIONS_PER_USER: int(0).default(0),
  DAILY_TOKENS_PER_USER: int(0, Number.MAX_SAFE_INTEGER).default(0),
  MAX_ANSWERS_PER_USER: int(0).default(0),
  DAILY_MESSAGES_PER_GROUP: int(0).default(0),
  DAILY_SESSIONS_PER_GROUP: int(0).default(0),
  DAILY_TOKENS_PER_GROUP: int(0, Number.MAX_SAFE_INTEGER).default(0),
  MAX_ANSWERS_PER_GROUP: int(0).default(0),
  RATE_LIMIT: int(0).default(120),
  CONNECT_LIMIT: int(0).default(600),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl().optional(),
  OTEL_SERVICE_NAME: word().default('baton'),
  SOCKET_MAX_AGE: int(0, 14 * 24 * 3600).default(0),
})

export type Parsed = z.infer<typeof schema>

/** Settings for which empty is a value of its own (S7). */
export const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['SYSTEM_PROMPT'])

/** Settings that hold a secret, or may: a key, or a URL with a password. `<name>_FILE` names a file that holds it (R6). */
export const SECRETS = [
  'REDIS_URL',
  'REDIS_SENTINEL_PASSWORD',
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'LLM_HEADERS',
  'LLM_EXTRA_BODY',
  'RETRIEVER_URL',
  'JWT_SECRET',
  'JWT_OTHER_SECRETS',
  'JWT_JWKS_URL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'ADMIN_TOKEN',
] as const satisfies readonly (keyof Parsed)[]

/** Settings that are paths; a relative one counts from where the process was started. */
export const FILES = [
  'REDIS_TLS_CERT',
  'REDIS_TLS_KEY',
  'REDIS_TLS_CA',
  ...SECRETS.map((name) => `${name}_FILE` as const),
] as const
