import { Redis } from 'ioredis'
import { type Endpoint, type Place, sentinelsOf } from './endpoint.ts'
import { checkMode, greetingOf } from './fitness.ts'
import { outliveSecondError, SOCKET_OPTIONS } from './options.ts'
import { RedisUnusable } from './unusable.ts'

/** A reason that a connection fails for, and what to do about it. */
type Meaning = readonly [reason: RegExp, advice: string]

const OVER_TLS: readonly Meaning[] = [
  [
    /alert (certificate|bad certificate|unknown ca|handshake failure)/,
    'REDIS_TLS_CERT and REDIS_TLS_KEY must name a certificate that it accepts',
  ],
  [/altnames/, 'its certificate must name the address that it is reached at'],
  [/self-signed|unable to (get|verify)/, 'REDIS_TLS_CA must name the authority that signed its certificate'],
  [/ETIMEDOUT|timed out|wrong version number/, 'is it running, and does it speak TLS at this port?'],
]
const PLAINLY: readonly Meaning[] = [
  [/ECONNRESET|EPIPE|Connection is closed|RESP type 21 /, 'is it running, or does it want TLS (REDIS_URL=rediss://…)?'],
]
const SENTINEL_PASSWORD =
  'REDIS_SENTINEL_PASSWORD must be its password, unless it is no Sentinel, whose usual port is 26379'
const QUESTIONS: Record<Endpoint['kind'], string> = {
  node: 'is it running, and is REDIS_URL right?',
  cluster: 'is it running, and is REDIS_URL right?',
  sentinel: 'is it running, and are REDIS_SENTINELS and REDIS_MASTER right?',
}

/** What TLS says to who does not speak it, an alert, is no reply of Redis either: that is told as such. */
const NO_REPLY_OF_REDIS = /^Unknown RESP type (?!21 )/

/** Throws where what listens is no Redis, which waiting does not mend. */
export function checkProtocol(error: Error | undefined, name: string): void {
  if (!NO_REPLY_OF_REDIS.test(error?.message ?? '')) return
  throw new RedisUnusable(`${name} is no Redis: what listens there speaks another protocol`)
}

/** Throws where the login is refused; `setting` says where it is set. */
export function checkLogin(
  error: Error | undefined,
  name: string,
  setting = 'REDIS_URL carries the user and the password',
): void {
  const message = error?.message ?? ''
  if (message.startsWith('NOAUTH ')) throw new RedisUnusable(`${name} asks for a password: ${setting}`)
  if (!/^(WRONGPASS|NOPERM) /.test(message)) return
  throw new RedisUnusable(`${name} refuses the login (${message}): ${setting}`)
}

/** Rejects with `RedisUnusable` where none of the listed nodes or Sentinels is what it is listed as. */
export async function refuseWrongKind(endpoint: Endpoint): Promise<void> {
  const faults = await faultsAt(endpoint, listed(endpoint))
  if (faults.includes(null)) return
  const wrong = faults.find((fault) => fault instanceof RedisUnusable)
  if (wrong !== undefined) throw wrong
}

/** The sentence for a Redis that could not be used in time. */
export async function noAnswer(endpoint: Endpoint, lastError: Error | undefined, waitMs: number): Promise<Error> {
  const error = (await firstFault(endpoint)) ?? lastError
  if (error instanceof RedisUnusable) return error
  const reason = error && reasonOf(error)
  const { tls } = endpoint.credentials
  const meaning = (tls === undefined ? PLAINLY : OVER_TLS).find(([pattern]) => pattern.test(reason ?? ''))
  const told = `${endpoint.name} did not answer within ${waitMs / 1000} s${reason === undefined ? '' : ` (${reason})`}`
  return new RedisUnusable(`${told}: ${meaning?.[1] ?? QUESTIONS[endpoint.kind]}`)
}

/**
 * Why a Cluster or Sentinels cannot be used, which ioredis does not tell: `Connection is closed.` is all that it says of a
 * listed address, whatever went wrong there.
 */
async function firstFault(endpoint: Endpoint): Promise<Error | undefined> {
  const places = listed(endpoint)
  const faults = await faultsAt(endpoint, places)
  const sound = places[faults.indexOf(null)]
  if (sound === undefined) return faults.find((fault) => fault instanceof RedisUnusable) ?? faults[0] ?? undefined
  return endpoint.kind === 'cluster' ? faultWithin(endpoint, sound).catch((error: Error) => error) : undefined
}

/** What a Cluster lacks by the word of one of its nodes. */
async function faultWithin(endpoint: Endpoint, place: Place): Promise<Error | undefined> {
  const question = (redis: Redis) => Promise.all([redis.cluster('SLOTS'), redis.cluster('INFO')])
  const [slots, info] = await ask(endpoint, place, question)
  const masters = new Map(
    slots.flatMap(([, , master]) => {
      const [host, port] = master ?? []
      return host && port ? [[`${host}:${port}`, { ...place, host, port }]] : []
    }),
  )
  const fault = (await faultsAt(endpoint, [...masters.values()])).find((fault) => fault !== null)
  const served = /cluster_slots_ok:(\d+)/.exec(String(info))?.[1]
  return fault ?? (served === '16384' ? undefined : new Error(`its masters serve ${served} of 16384 slots`))
}

/** How to connect to each node or Sentinel that the settings list. */
function listed(endpoint: Endpoint): Place[] {
  if (endpoint.kind === 'node') return []
  if (endpoint.kind === 'cluster') return endpoint.nodes.map((address) => ({ ...endpoint.credentials, ...address }))
  return sentinelsOf(endpoint.options)
}

/** What is wrong at each place; null where nothing is. */
function faultsAt(endpoint: Endpoint, places: readonly Place[]): Promise<(Error | null)[]> {
  const question = (redis: Redis) => examine(redis, endpoint)
  return Promise.all(places.map((place) => ask(endpoint, place, question).catch((error: Error) => error)))
}

async function examine(redis: Redis, endpoint: Endpoint): Promise<null> {
  const at = `${redis.options.host}:${redis.options.port}`
  const greeting = await greetingOf(redis)
  if (endpoint.kind !== 'sentinel') {
    checkMode(greeting, `Redis at ${at}`, endpoint.kind)
    return null
  }
  if (greeting.get('mode') !== 'sentinel') {
    throw new RedisUnusable(
      `Redis at ${at} is no Sentinel: REDIS_SENTINELS must list Sentinels, whose usual port is 26379`,
    )
  }
  const { name } = endpoint.options
  if ((await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)) === null) {
    throw new RedisUnusable(`The Sentinel at ${at} knows no group "${name}": is REDIS_MASTER right?`)
  }
  return null
}

/** Connects once and asks. Rejects with the first thing that went wrong, of which later ones are mere consequences. */
async function ask<T>({ kind }: Endpoint, place: Place, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ ...SOCKET_OPTIONS, ...place, lazyConnect: true, retryStrategy: () => null })
  outliveSecondError(redis)
  let first: Error | undefined
  redis.on('error', (error: Error) => {
    first ??= error
  })
  try {
    await redis.connect()
    return await question(redis)
  } catch (error) {
    if (error instanceof RedisUnusable) throw error
    const fault = first ?? (error as Error)
    const at = `${place.host}:${place.port}`
    checkProtocol(fault, `Redis at ${at}`)
    if (kind === 'sentinel') checkLogin(fault, `The Sentinel at ${at}`, SENTINEL_PASSWORD)
    else checkLogin(fault, `Redis at ${at}`)
    throw fault.message.includes(place.host) ? fault : new Error(`${at}: ${fault.message}`)
  } finally {
    redis.disconnect()
  }
}

/** Without what ioredis says of its next attempt, and what OpenSSL says of its source. */
function reasonOf({ message }: Error): string {
  return message.replace(/^All sentinels .* Last error: /, '').replace(/\w+:error:\w+:[^:]*:[^:]*:([^:]*):.*$/s, '$1')
}
