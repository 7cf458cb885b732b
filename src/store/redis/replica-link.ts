import type { Log } from '../../ports/log.ts'
import type { Note, ReplicaLink } from '../../ports/replica-link.ts'
import type { RedisConnections } from './connect.ts'
import type { Keys } from './keys.ts'
import { encodeNote, notesIn } from './mail.ts'
import type { RedisClient } from './nodes.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Characters of mail that may wait for Redis's answer; beyond that notes are dropped, and receivers read the store. */
const MAX_UNCONFIRMED = 4 * 1024 * 1024

/** Kinds that the last version does not know: it drops all mail that comes with one, so they travel by themselves (G8). */
const NEW_KINDS: ReadonlySet<string> = new Set<Note['kind']>(['activity', 'draining', 'look', 'owning'])

/** Mail over one sharded channel per replica. The notes of one turn of the event loop to one replica travel as one JSON array. */
export class RedisReplicaLink implements ReplicaLink {
  readonly #redis: RedisClient
  readonly #keys: Keys
  readonly #mail: Subscriptions
  readonly #channel: string
  readonly #log: Log
  readonly #outgoing = new Map<string, Note[]>()
  #handler: (note: Note) => void = () => {}
  #unconfirmed = 0
  #dropping = false
  #closed = false

  constructor(
    connections: Pick<RedisConnections, 'commands' | 'keys' | 'mail'>,
    options: { readonly address: string; readonly log: Log },
  ) {
    this.#redis = connections.commands
    this.#keys = connections.keys
    this.#mail = connections.mail
    this.#channel = this.#keys.mail(options.address)
    this.#log = options.log
  }

  /** Resolves once mail arrives; to be awaited before anybody learns this replica's address. */
  async start(): Promise<void> {
    this.#mail.onMessage((channel, message) => {
      if (!this.#closed && channel.toString() === this.#channel) this.#arrived(message.toString())
    })
    await this.#mail.add(this.#channel)
  }

  send(replica: string, note: Note): void {
    if (this.#closed) return
    if (this.#outgoing.size === 0) setImmediate(() => this.#flush())
    const waiting = this.#outgoing.get(replica)
    if (waiting === undefined) this.#outgoing.set(replica, [note])
    else waiting.push(note)
  }

  receive(handler: (note: Note) => void): void {
    this.#handler = handler
  }

  /** Sends what was handed over and takes no more. */
  async close(): Promise<void> {
    this.#flush()
    this.#closed = true
    await this.#mail.remove(this.#channel)
  }

  #flush(): void {
    const encoded = new Map<Note, string>() // a note to many replicas is written as JSON once
    const encode = (note: Note): string => {
      const known = encoded.get(note)
      if (known !== undefined) return known
      const json = encodeNote(note)
      encoded.set(note, json)
      return json
    }
    for (const [replica, notes] of this.#outgoing) {
      const fresh = notes.filter(({ kind }) => NEW_KINDS.has(kind))
      const known = fresh.length === 0 ? notes : notes.filter(({ kind }) => !NEW_KINDS.has(kind))
      for (const some of [known, fresh]) if (some.length > 0) this.#publish(replica, `[${some.map(encode).join()}]`)
    }
    this.#outgoing.clear()
  }

  #publish(replica: string, json: string): void {
    if (this.#unconfirmed + json.length > MAX_UNCONFIRMED) {
      this.#dropped('Redis is too slow')
      return
    }
    this.#unconfirmed += json.length
    const confirmed = () => {
      this.#unconfirmed -= json.length
    }
    this.#redis.spublish(this.#keys.mail(replica), json).then(
      () => {
        confirmed()
        this.#dropping = false
      },
      (error: Error) => {
        confirmed()
        this.#dropped(error.message)
      },
    )
  }

  #dropped(reason: string): void {
    if (this.#dropping) return
    this.#dropping = true
    this.#log.warn({ reason }, 'mail to other replicas is dropped')
  }

  #arrived(json: string): void {
    const { notes, malformed } = notesIn(json)
    // Said without what may be a message's content.
    if (malformed > 0) this.#log.warn({ malformed, characters: json.length }, 'mail from another replica is malformed')
    for (const note of notes) {
      try {
        this.#handler(note)
      } catch (error) {
        this.#log.error({ err: error, kind: note.kind }, 'mail from another replica could not be handled')
      }
    }
  }
}
