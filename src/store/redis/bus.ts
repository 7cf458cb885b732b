import { setTimeout as delay } from 'node:timers/promises'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import type { Log } from '../../ports/log.ts'
import { type Meter, noMeter } from '../../ports/meter.ts'
import { plainReason } from './available.ts'
import { busMessagesIn, encodeBusMessage } from './bus-encoding.ts'
import type { RedisConnections } from './connect.ts'
import type { Keys } from './keys.ts'
import type { RedisClient } from './nodes.ts'
import type { Subscriptions } from './subscriptions.ts'
import { Undelivered } from './undelivered.ts'

/** Characters that may wait for Redis's answer; beyond that messages are dropped. */
const MAX_UNCONFIRMED = 4 * 1024 * 1024
/** After this those that may not have got a message are told to read the store (G6). */
const RETRY_MS = 500
/** How often that is tried before whoever waits for it waits no longer. */
const TRIES = 3

/** Kinds that the last version does not know: it drops all that comes with one, so they travel by themselves (G8). */
const NEW_KINDS: ReadonlySet<string> = new Set<BusMessage['kind']>([
  'activity',
  'ask',
  'draining',
  'look',
  'owning',
  'report',
])

/** The bus over one sharded channel per replica. The messages of one turn of the event loop to one replica travel as one JSON array. */
export class RedisBus implements Bus {
  readonly #redis: RedisClient
  readonly #keys: Keys
  readonly #subscriptions: Subscriptions
  readonly #channel: string
  readonly #log: Log
  readonly #meter: Meter
  readonly #outgoing = new Map<string, BusMessage[]>()
  #handler: (message: BusMessage) => void = () => {}
  #unreached: (replica: string, sessionId: string) => void = () => {}
  #unconfirmed = 0
  #dropping = false
  readonly #undelivered = new Undelivered()
  #retry: NodeJS.Timeout | null = null
  /** Those of the last turn in which something was sent. Never reject. */
  #publications: readonly Promise<void>[] = []
  #closed = false

  constructor(
    connections: Pick<RedisConnections, 'commands' | 'keys' | 'bus'>,
    options: { readonly address: string; readonly log: Log; readonly meter?: Meter },
  ) {
    this.#redis = connections.commands
    this.#keys = connections.keys
    this.#subscriptions = connections.bus
    this.#channel = this.#keys.bus(options.address)
    this.#log = options.log
    this.#meter = options.meter ?? noMeter
  }

  /** Resolves once messages arrive; to be awaited before anybody learns this replica's address. */
  async start(): Promise<void> {
    this.#subscriptions.onMessage((channel, message) => {
      if (!this.#closed && channel.toString() === this.#channel) this.#arrived(message.toString())
    })
    await this.#subscriptions.add(this.#channel)
  }

  send(replica: string, message: BusMessage): void {
    if (this.#closed) return
    if (this.#outgoing.size === 0) setImmediate(() => this.#flush())
    const waiting = this.#outgoing.get(replica)
    if (waiting === undefined) this.#outgoing.set(replica, [message])
    else waiting.push(message)
  }

  receive(handler: (message: BusMessage) => void): void {
    this.#handler = handler
  }

  onUnreached(handler: (replica: string, sessionId: string) => void): void {
    this.#unreached = handler
  }

  async settled(): Promise<void> {
    await this.#flushed()
    for (let i = 0; i < TRIES && this.#retry !== null; i++) {
      await delay(RETRY_MS)
      await this.#flushed()
    }
  }

  /** What was handed over is sent at the end of its turn. */
  async #flushed(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    await Promise.all(this.#publications)
  }

  /** Sends what was handed over and takes no more. */
  async close(): Promise<void> {
    this.#flush()
    this.#closed = true
    if (this.#retry !== null) clearTimeout(this.#retry)
    await this.#subscriptions.remove(this.#channel)
  }

  #flush(): void {
    const encoded = new Map<BusMessage, string>() // a message to many replicas is written as JSON once
    const encode = (message: BusMessage): string => {
      const known = encoded.get(message)
      if (known !== undefined) return known
      const json = encodeBusMessage(message)
      encoded.set(message, json)
      return json
    }
    const outgoing = [...this.#outgoing]
    this.#outgoing.clear()
    const publications: Promise<void>[] = []
    for (const [replica, messages] of outgoing) {
      const fresh = messages.filter(({ kind }) => NEW_KINDS.has(kind))
      const known = fresh.length === 0 ? messages : messages.filter(({ kind }) => !NEW_KINDS.has(kind))
      for (const some of [known, fresh]) {
        if (some.length === 0) continue
        try {
          publications.push(this.#publish(replica, some, `[${some.map(encode).join()}]`))
        } catch (error) {
          this.#caught(error, { kinds: some.map(({ kind }) => kind) }, 'caught at messages to another replica')
          this.#dropped(replica, some, 'they cannot be written')
        }
      }
    }
    this.#publications = publications
  }

  #publish(replica: string, messages: readonly BusMessage[], json: string): Promise<void> {
    if (this.#unconfirmed + json.length > MAX_UNCONFIRMED) {
      this.#meter.busDropped(messages.length, { reason: 'slow' })
      this.#dropped(replica, messages, 'Redis is too slow')
      return Promise.resolve()
    }
    this.#unconfirmed += json.length
    const confirmed = () => {
      this.#unconfirmed -= json.length
    }
    return this.#redis.spublish(this.#keys.bus(replica), json).then(
      (receivers) => {
        confirmed()
        this.#dropping = false
        if (receivers === 0) for (const sessionId of toldOf(messages)) this.#unreached(replica, sessionId)
      },
      (error: Error) => {
        confirmed()
        this.#meter.busDropped(messages.length, { reason: 'failed' })
        this.#dropped(replica, messages, plainReason(error))
      },
    )
  }

  #dropped(replica: string, messages: readonly BusMessage[], reason: string): void {
    this.#undelivered.add(replica, messages)
    if (!this.#undelivered.isEmpty && !this.#closed) this.#retry ??= setTimeout(() => this.#makeUp(), RETRY_MS)
    if (this.#dropping) return
    this.#dropping = true
    this.#log.warn({ reason }, 'messages to other replicas are dropped')
  }

  /** What was dropped is in the store. */
  #makeUp(): void {
    this.#retry = null
    for (const [replica, looks] of this.#undelivered.take()) for (const look of looks) this.send(replica, look)
  }

  #arrived(json: string): void {
    const { messages, malformed } = busMessagesIn(json)
    this.#meter.busMalformed(malformed)
    // Said without what may be a message's content.
    if (malformed > 0)
      this.#log.warn({ malformed, characters: json.length }, 'messages from another replica are malformed')
    for (const message of messages) {
      try {
        this.#handler(message)
      } catch (error) {
        this.#caught(error, { kinds: [message.kind] }, 'caught at a message from another replica')
      }
    }
  }

  /** A bug, which costs the messages that it shows at, and no others. */
  #caught(err: unknown, fields: { readonly kinds: readonly string[] }, text: string): void {
    this.#meter.caught(1, { door: 'bus' })
    this.#log.error({ err, ...fields }, text)
  }
}

/** The sessions of which a watcher is told by these. */
function toldOf(messages: readonly BusMessage[]): ReadonlySet<string> {
  return new Set(messages.flatMap((message) => (isTold(message) ? (message.sessionId ?? []) : [])))
}

function isTold(
  message: BusMessage,
): message is Extract<BusMessage, { kind: 'delta' | 'message' | 'activity' | 'look' }> {
  return ['delta', 'message', 'activity', 'look'].includes(message.kind)
}
