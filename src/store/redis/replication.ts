import type { Redis } from 'ioredis'
import type { Keys } from './keys.ts'
import type { Nodes } from './nodes.ts'
import { gatherCalls } from './scripts.ts'

/** Milliseconds within which the copies must have a message (R4, `REDIS_WAIT`). */
const WAIT_MS = 1000

/** By what a node shows that it has what was written: for it may have taken over since, without that. */
export interface Evidence {
  /** Commands whose replies tell. */
  ask(node: Redis, keys: ReturnType<Keys['ofSession']>): Promise<unknown>
  isGivenBy(reply: unknown): boolean
}

/** The user's message of that id was stored. */
export const begun = (messageId: string): Evidence => ({
  ask: (node, [, ids]) => node.zscore(ids, messageId),
  isGivenBy: (reply) => typeof reply === 'string',
})

/** The answer of that id is there, and has ended. */
export const ended = (messageId: string): Evidence => ({
  ask: (node, [, ids, answer]) => Promise.all([node.zscore(ids, `answer:${messageId}`), node.hget(answer, 'id')]),
  isGivenBy: (reply) => {
    const [seq, running] = reply as [string | null, string | null]
    return seq !== null && running !== messageId
  },
})

/** The session has come to that version. */
export const atVersion = (version: number): Evidence => ({
  ask: (node, [session]) => node.hget(session, 'version'),
  isGivenBy: (reply) => Number(reply) >= version,
})

interface Confirmation {
  readonly sessionId: string
  readonly evidence: Evidence
  answer(replicated: boolean): void
}

/** The questions of one node: those being asked, and those that wait for the next round. */
interface Queue {
  asking: boolean
  next: Confirmation[]
}

/**
 * Whether messages have reached Redis's own replicas (`REDIS_WAIT`).
 *
 * WAIT stops its connection until the replicas have what was written on that very connection. So it has one of its own:
 * on the shared one every append would wait too, and behind a replica that is away everything would stand still. On its
 * own connection it writes after the message: replication is one log in one order, so a replica that has the later
 * write has the message. That the message itself is still there is checked in the same place. One WAIT at a time per node answers for all messages that came in while the last one ran.
 */
export class Replication {
  readonly #nodes: Nodes
  readonly #wanted: number
  readonly #keys: Keys
  readonly #ttlSeconds: number
  readonly #queues = new WeakMap<Redis, Queue>()

  /** `wanted` replicas must have a message; the connections of `nodes` are used for nothing else. */
  constructor({ nodes, wanted }: { readonly nodes: Nodes; readonly wanted: number }, keys: Keys, ttlSeconds: number) {
    this.#keys = keys
    this.#nodes = nodes
    this.#wanted = wanted
    this.#ttlSeconds = ttlSeconds
  }

  /** Whether enough replicas have what was just written to the session, a second from now at the latest. Never rejects. */
  reached(sessionId: string, evidence: Evidence): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const timer = setTimeout(resolve, WAIT_MS, false)
    const answer = (replicated: boolean) => {
      clearTimeout(timer)
      resolve(replicated)
    }
    try {
      this.#ask(this.#nodes.of(this.#keys.session(sessionId)), { sessionId, evidence, answer })
    } catch {
      answer(false) // its node cannot be reached
    }
    return promise
  }

  #ask(node: Redis, question: Confirmation): void {
    const queue = this.#queues.get(node) ?? { asking: false, next: [] }
    this.#queues.set(node, queue)
    queue.next.push(question)
    if (!queue.asking) void this.#rounds(node, queue)
  }

  async #rounds(node: Redis, queue: Queue): Promise<void> {
    queue.asking = true
    while (queue.next.length > 0) {
      const round = queue.next
      queue.next = []
      const answers = await this.#round(node, round).catch(() => [])
      round.forEach(({ answer }, i) => {
        answer(answers[i] ?? false)
      })
    }
    queue.asking = false
  }

  async #round(node: Redis, questions: readonly Confirmation[]): Promise<boolean[]> {
    gatherCalls(node)
    const given = questions.map((question) => this.#isThere(node, question).catch(() => false))
    const copies = await node.wait(this.#wanted, WAIT_MS)
    return (await Promise.all(given)).map((isThere) => isThere && copies >= this.#wanted)
  }

  async #isThere(node: Redis, { sessionId, evidence }: Confirmation): Promise<boolean> {
    const keys = this.#keys.ofSession(sessionId)
    const asked = evidence.ask(node, keys)
    // A write that has just been made anyway, or long ago: to all keys, the session last, so that none of them is gone before it.
    const [session, ...parts] = keys.slice(0, 4)
    const kept = [...parts, session ?? ''].map((key) => node.expire(key, this.#ttlSeconds))
    const [reply, ...areKept] = await Promise.all([asked, ...kept])
    return areKept.at(-1) === 1 && evidence.isGivenBy(reply)
  }
}
