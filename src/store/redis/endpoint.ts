import type { ConnectionOptions } from 'node:tls'
import { TIMEOUT_MS } from './options.ts'
import { type TlsSettings, tlsOf } from './tls.ts'
import { RedisUnusable } from './unusable.ts'

/** Settings that tell where Redis is (R4). */
export interface RedisSettings extends TlsSettings {
  /** One URL, or several of a Cluster. */
  readonly REDIS_URL: readonly string[]
  /** `host:port` of each; where there are any, they name the Redis to use, and `REDIS_URL` gives at most its credentials. */
  readonly REDIS_SENTINELS?: readonly string[]
  readonly REDIS_MASTER?: string
  /** The Sentinels' own, where they ask for one. */
  readonly REDIS_SENTINEL_PASSWORD?: string | undefined
  /** Goes before every key and channel. */
  readonly KEY_PREFIX?: string
  /** Copies that must hold a message before it is acknowledged as persisted. */
  readonly REDIS_WAIT?: number
}

export interface Address {
  readonly host: string
  readonly port: number
}

/** How to sign in. */
export interface Credentials {
  readonly username?: string
  readonly password?: string
  readonly db?: number
  readonly tls?: ConnectionOptions
}

/** A node or a Sentinel, and how to sign in there. */
export type Place = Address & Credentials

/** What ioredis is to know of a Sentinel group. */
export interface SentinelOptions {
  readonly sentinels: Address[]
  readonly name: string
  readonly sentinelCommandTimeout: number
  readonly sentinelPassword?: string
  readonly sentinelTLS?: ConnectionOptions
  readonly enableTLSForSentinelMode?: boolean
}

/** Where Redis is and how to sign in. */
export type Endpoint = Readonly<{ name: string; credentials: Credentials }> &
  (
    | { readonly kind: 'node'; readonly url: string }
    | { readonly kind: 'sentinel'; readonly options: SentinelOptions }
    | { readonly kind: 'cluster'; readonly nodes: readonly Address[] }
  )

/** Throws `RedisUnusable` where the settings name what cannot be. */
export function endpointOf(settings: RedisSettings): Endpoint {
  const { REDIS_URL, REDIS_SENTINELS = [], REDIS_MASTER = '' } = settings
  const urls = REDIS_URL.map((url) => new URL(url))
  const credentials = credentialsOf(urls, settings)
  if (REDIS_SENTINELS.length > 0) {
    const name = `The Redis "${REDIS_MASTER}" of the Sentinels ${REDIS_SENTINELS.join(', ')}`
    return { kind: 'sentinel', name, credentials, options: sentinelOptions(settings, credentials) }
  }
  const hosts = urls.map((url) => url.host).join(', ')
  const [url, ...more] = REDIS_URL
  if (url !== undefined && more.length === 0) return { kind: 'node', name: `Redis at ${hosts}`, credentials, url }
  const other = urls.map(databaseOf).find((database) => database !== 0)
  if (other !== undefined) throw new RedisUnusable(`REDIS_URL: a Cluster has no database ${other}, only 0`)
  return { kind: 'cluster', name: `The Redis Cluster at ${hosts}`, credentials, nodes: urls.map(addressOf) }
}

/** Those of the first URL that has some hold for all: the nodes of a Cluster, or of a group, have them in common. */
function credentialsOf(urls: readonly URL[], settings: TlsSettings): Credentials {
  const first = urls.find((url) => url.password !== '') ?? urls[0]
  if (first === undefined) return {}
  const tls = tlsOf(settings, first.protocol === 'rediss:')
  const db = databaseOf(first)
  return {
    ...(first.username === '' ? {} : { username: decodeURIComponent(first.username) }),
    ...(first.password === '' ? {} : { password: decodeURIComponent(first.password) }),
    ...(db === 0 ? {} : { db }),
    ...(tls === null ? {} : { tls }),
  }
}

function databaseOf({ pathname }: URL): number {
  const path = pathname.replace(/^\//, '')
  if (/^\d*$/.test(path)) return Number(path)
  if (path.includes('@')) throw new RedisUnusable('REDIS_URL: a / in a name or a password is written %2F')
  throw new RedisUnusable(`REDIS_URL: "${path}" is no number of a database; 0, the first, is the default`)
}

function addressOf(url: URL): Address {
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 6379) }
}

/** The Sentinels themselves. */
export function sentinelsOf({ sentinels, sentinelPassword, sentinelTLS }: SentinelOptions): Place[] {
  return sentinels.map((address) => ({
    ...address,
    ...(sentinelPassword === undefined ? {} : { password: sentinelPassword }),
    ...(sentinelTLS === undefined ? {} : { tls: sentinelTLS }),
  }))
}

function sentinelOptions(settings: RedisSettings, { tls }: Credentials): SentinelOptions {
  const { REDIS_SENTINELS = [], REDIS_MASTER = '', REDIS_SENTINEL_PASSWORD: password } = settings
  return {
    sentinels: REDIS_SENTINELS.map((sentinel) => addressOf(new URL(`redis://${sentinel}`))),
    name: REDIS_MASTER,
    // A frozen Sentinel must not hold up the question to the next one.
    sentinelCommandTimeout: TIMEOUT_MS,
    ...(password === undefined ? {} : { sentinelPassword: password }),
    ...(tls === undefined ? {} : { sentinelTLS: tls, enableTLSForSentinelMode: true }),
  }
}
