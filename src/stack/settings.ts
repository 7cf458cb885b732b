import { join, resolve } from 'node:path'
import { z } from 'zod'
import { givenBy, shown } from '../config/environment.ts'
import { int } from '../config/readers.ts'
import { readSettings, remarksOn, type Settings, SettingsError } from '../config/settings.ts'

/** What `npm start` runs, read from the environment and checked once (R1, R2, R4). */
export interface StackSettings {
  /** Port of nginx; 0 takes any free one. */
  readonly port: number
  /** Address that nginx listens on. */
  readonly host: string
  readonly replicas: number
  /** Absolute. */
  readonly dataDir: string
  readonly restartDelayMs: number
  readonly healthTimeoutMs: number
  /** How long a replica may take to hand over or finish its answers. */
  readonly drainTimeoutMs: number
  /** `own`: the stack runs one; `given`: the user's; `none`: STORE=memory. */
  readonly redis: 'own' | 'given' | 'none'
  readonly model: 'demo' | 'given'
  /** Prefix of every path (R6), without a slash at its end. */
  readonly basePath: string
  /** Whether who reaches nginx is believed in saying who a user is (X3). */
  readonly trustUserId: boolean
  /** Show every line that the processes log, not only warnings: the user asked for a LOG_LEVEL. */
  readonly verbose: boolean
  /** Said once at the start. */
  readonly remarks: readonly string[]
}

const schema = z.object({
  PORT: int(0, 65535).default(8080),
  REPLICAS: int(1, 64).default(3),
  DATA_DIR: z.string().default('.baton'),
  RESTART_DELAY_MS: int(0, 3_600_000).default(5000),
  HEALTH_TIMEOUT_MS: int(100, 3_600_000).default(10_000),
})

/** What the stack's own Redis cannot do: replicas that read these would never be ready, or are meant for another. */
const NEED_ANOTHER_REDIS = [
  'REDIS_TLS_CERT',
  'REDIS_TLS_KEY',
  'REDIS_TLS_CA',
  'REDIS_MASTER',
  'REDIS_SENTINEL_PASSWORD',
] as const satisfies readonly (keyof Settings)[]

/** Stands for the demo model's address until its port is known, so that settings which depend on it can be checked. */
const SOME_MODEL = 'http://127.0.0.1/v1'

/** Checks `env`, the gateway's own settings included. Throws `SettingsError` that names every wrong one. */
export function readStackSettings(env: NodeJS.ProcessEnv): StackSettings {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const value = env[name]?.trim()
      return value ? [[name, value]] : []
    }),
  )
  const parsed = schema.safeParse(given)
  const complaints = parsed.success
    ? []
    : parsed.error.issues.map(({ path: [name = ''], message }) => {
        return `${String(name)}=${JSON.stringify(given[String(name)])}: must be ${message}`
      })
  const model = isGiven(env, 'OPENAI_API_KEY') || isGiven(env, 'OPENAI_BASE_URL') ? 'given' : 'demo'
  const gateway = readGatewaySettings(env, model, complaints)
  const redis = redisOf(env)
  if (redis === 'own') complaints.push(...beyondOwnRedis(env))
  if (!parsed.success || gateway === undefined || complaints.length > 0) throw new SettingsError(complaints.join('\n'))

  const memory = redis === 'none'
  const { PORT, REPLICAS, DATA_DIR, RESTART_DELAY_MS, HEALTH_TIMEOUT_MS } = parsed.data
  return Object.freeze({
    port: PORT,
    host: gateway.HOST,
    replicas: memory ? 1 : REPLICAS,
    dataDir: resolve(DATA_DIR),
    restartDelayMs: RESTART_DELAY_MS,
    healthTimeoutMs: HEALTH_TIMEOUT_MS,
    drainTimeoutMs: gateway.DRAIN_TIMEOUT * 1000,
    redis,
    model,
    basePath: gateway.BASE_PATH,
    trustUserId: gateway.TRUST_USER_ID,
    verbose: isGiven(env, 'LOG_LEVEL'),
    remarks: [...remarksOn(env, gateway), ...remarksOnStack(env, gateway, redis)],
  })
}

/** What is otherwise under `npm start` than it may seem. */
function remarksOnStack(
  env: NodeJS.ProcessEnv,
  { REDIS_WAIT }: Settings,
  redis: StackSettings['redis'],
): readonly string[] {
  const remarks: string[] = []
  if (redis === 'own' && REDIS_WAIT > 0) {
    remarks.push(
      `REDIS_WAIT=${REDIS_WAIT}: nothing is acknowledged as persisted, unless you give the Redis of npm start replicas.`,
    )
  }
  if (isGiven(env, 'OPS_PORT')) {
    remarks.push(
      `OPS_PORT=${env.OPS_PORT} has no effect: the replicas of one machine could not all have it. Ask their own ports.`,
    )
  }
  if (redis === 'none') {
    remarks.push('STORE=memory: everything is kept in one process only, and is lost when it ends.')
    if (Number(env.REPLICAS) > 1)
      remarks.push(
        `REPLICAS=${env.REPLICAS} has no effect: with STORE=memory there is one replica, as nothing is shared.`,
      )
  }
  return remarks
}

function redisOf(env: NodeJS.ProcessEnv): StackSettings['redis'] {
  if (env.STORE?.trim() === 'memory') return 'none'
  return isGiven(env, 'REDIS_URL') || isGiven(env, 'REDIS_SENTINELS') ? 'given' : 'own'
}

function beyondOwnRedis(env: NodeJS.ProcessEnv): readonly string[] {
  const { values } = givenBy(env)
  return NEED_ANOTHER_REDIS.filter((name) => values[name] !== undefined).map((name) => {
    const value = JSON.stringify(shown(name, values[name]))
    return `${name}=${value}: needs a Redis of your own, named by REDIS_URL or REDIS_SENTINELS (that of npm start has no TLS and no Sentinels)`
  })
}

/** By itself, or by the file that holds it. */
function isGiven(env: NodeJS.ProcessEnv, name: string): boolean {
  return Boolean(env[name]?.trim() || env[`${name}_FILE`]?.trim())
}

/** The gateway's settings as its replicas will read them; where one is wrong, undefined and a line more in `complaints`. */
function readGatewaySettings(env: NodeJS.ProcessEnv, model: StackSettings['model'], complaints: string[]) {
  try {
    const { PORT: _nginxs, OPS_PORT: _nobodys, ...rest } = env
    return readSettings(model === 'demo' ? { ...rest, OPENAI_BASE_URL: SOME_MODEL } : rest)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    complaints.push(error.message)
    return undefined
  }
}

/** The top of the installation: the directory that holds `dist` and `nginx.conf`. */
export const installation = join(import.meta.dirname, '../..')
