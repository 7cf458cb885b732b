import { lookup } from 'node:dns/promises'
import { SocketAddress } from 'node:net'
import { Redis } from 'ioredis'
import { systemClock, type Timer } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { plainReason } from './available.ts'
import { type Place, type SentinelOptions, sentinelsOf } from './endpoint.ts'
import { HEARTBEAT_MS, outliveSecondError, retryWithin, SOCKET_OPTIONS } from './options.ts'

/** What a Sentinel publishes: `<group> <old host> <old port> <new host> <new port>`. */
const SWITCH = '+switch-master'
/** Between two pings of a Sentinel, so that a connection that is dead is noticed. */
const BEAT_MS = 5 * HEARTBEAT_MS
/** The longest pause between two attempts to reach a Sentinel again, in milliseconds. */
const MOST_PAUSE_MS = 5000

/** Where a master is. */
export interface MasterPlace {
  /** All that its host has, as Node writes them; none where its name could not be looked up. */
  readonly ips: readonly string[]
  readonly port: number
}

/** Something that is connected to the master that the Sentinels name. */
export interface Follower {
  /** The group has another master. */
  follow(master: MasterPlace): void
}

/**
 * Hears when a Sentinel group gets another master. In a failover that an operator asks for, and after a freeze, the old one
 * lives, and takes writes for ten seconds more before it is made a copy: all that it takes is lost (M1). ioredis has a failover
 * detector for this. It prints the errors of a Sentinel that is away, looks for it once a minute, and heeds every group.
 */
export class SentinelWatch {
  readonly #group: string
  readonly #sentinels: readonly Redis[]
  readonly #followers: readonly Follower[]
  readonly #log: Log
  readonly #beat: Timer
  /** As it was last named, by one Sentinel after the other. */
  #master = ''
  #complained = false

  constructor(options: SentinelOptions, followers: readonly Follower[], log: Log) {
    this.#group = options.name
    this.#followers = followers
    this.#log = log
    this.#sentinels = sentinelsOf(options).map((sentinel) => this.#listenAt(sentinel))
    this.#beat = systemClock.every(BEAT_MS, () => {
      for (const sentinel of this.#sentinels) if (sentinel.status === 'ready') sentinel.ping().catch(() => {})
    })
  }

  close(): void {
    this.#beat.cancel()
    for (const sentinel of this.#sentinels) sentinel.disconnect()
  }

  #listenAt(sentinel: Place): Redis {
    const redis = new Redis({
      ...SOCKET_OPTIONS,
      ...sentinel,
      enableOfflineQueue: false,
      retryStrategy: retryWithin(MOST_PAUSE_MS),
    })
    outliveSecondError(redis)
    redis.on('error', () => {}) // one that is away is nothing to tell of: the others are there
    redis.on('ready', () => redis.subscribe(SWITCH).catch((error: Error) => this.#refused(redis, error)))
    redis.on('message', (_channel, text) => void this.#heard(text))
    return redis
  }

  #refused({ status }: Redis, error: Error): void {
    if (status !== 'ready' || this.#complained) return // it was lost meanwhile, and is asked again
    this.#complained = true
    const reason = plainReason(error)
    this.#log.warn(
      { reason },
      'a Sentinel does not say when there is another master: the old one is left when it is made a copy',
    )
  }

  /** Never rejects. */
  async #heard(text: string): Promise<void> {
    const [group, , , host, port] = text.split(' ')
    if (group !== this.#group || host === undefined || port === undefined) return
    const master = `${host}:${port}`
    if (master !== this.#master) this.#log.info({ master }, 'the Sentinels name another master')
    this.#master = master
    const found = await lookup(host, { all: true }).catch(() => []) // an address is found as it is
    const ips = found.map(({ address, family }) => {
      return new SocketAddress({ address, family: family === 6 ? 'ipv6' : 'ipv4' }).address
    })
    for (const follower of this.#followers) follower.follow({ ips, port: Number(port) })
  }
}
