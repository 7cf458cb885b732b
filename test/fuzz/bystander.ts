import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { ErrorBody } from '../../src/protocol/errors.ts'
import { within } from '../support/conditions.ts'
import { Refused, TestClient } from '../support/test-client.ts'
import { countedBy } from './model.ts'

/** Answers that one connection is shown before it makes room for a new one, which forgets what it was told. */
const ANSWERS_EACH = 40
const MAX_TRIES = 10
/** Waits of requests that are kept for `slowestMs`. */
const KEPT_WAITS = 5000

export interface BystanderOptions {
  /** Where it is, and where somebody else follows the same session. */
  readonly urls: () => readonly [own: string, follower: string]
  readonly auth: object
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A good client: it asks, reads its answer, extends, asks over HTTP, again and again, and must not notice that anybody
 * else is there. Whatever goes wrong for it is a fault.
 */
export class Bystander {
  readonly faults: string[] = []
  sessionId = ''
  answers = 0
  readonly #options: BystanderOptions
  readonly #waits: number[] = []
  #life: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(options: BystanderOptions) {
    this.#options = options
  }

  /** Resolves once it has had its first answer; rejects where it had none. */
  async start(): Promise<void> {
    const first = Promise.withResolvers<void>()
    this.#life = this.#live(first.resolve)
    await Promise.race([first.promise, this.#life])
    if (this.answers === 0) throw new Error(`the good client had no answer: ${this.faults.join('; ')}`)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#life
  }

  /** Of its requests, 99 of 100 took at most so long. */
  get slowestMs(): number {
    return this.#waits.toSorted((a, b) => a - b)[Math.floor(this.#waits.length * 0.99)] ?? 0
  }

  async #live(onAnswer: () => void): Promise<void> {
    const { urls, auth } = this.#options
    try {
      const [url, followerUrl] = urls()
      while (!this.#stopped) {
        const client = await TestClient.connect(url, { auth })
        const follower = await TestClient.connect(followerUrl, { auth })
        try {
          await this.#converse(client, follower, onAnswer)
        } finally {
          client.close()
          follower.close()
        }
      }
    } catch (error) {
      this.faults.push(String(error))
    }
  }

  async #converse(client: TestClient, follower: TestClient, onAnswer: () => void): Promise<void> {
    client.socket.on('disconnect', (reason) => {
      if (reason !== 'io client disconnect') this.faults.push(`the good client was disconnected: ${reason}`)
    })
    this.sessionId = await client.newSession()
    await follower.open({ sessionId: this.sessionId })
    for (let i = 0; i < ANSWERS_EACH && !this.#stopped && this.faults.length === 0; i++) {
      const question = randomUUID()
      const { answer, persisted } = await this.#granted(() =>
        client.send(this.sessionId, `count ${question}.`, question),
      )
      if (!persisted) this.faults.push('its message was not persisted')
      await this.#granted(() => client.request('session:extend', { sessionId: this.sessionId }))
      await this.#granted(() => this.#stats())
      for (const one of [client, follower]) {
        const { content, status } = await one.ended(answer.id)
        if (content !== countedBy(question) || status !== 'complete') {
          this.faults.push(`its answer is ${status}: ${JSON.stringify(content.slice(0, 200))}`)
        }
        this.faults.push(...one.violations)
      }
      this.answers++
      onAnswer()
    }
  }

  async #stats(): Promise<void> {
    const { urls, headers } = this.#options
    const path = `${urls()[0]}/api/chat/sessions/${this.sessionId}`
    const reply = await within('a reply over HTTP', fetch(path, { headers }))
    const body = (await reply.json()) as { error: ErrorBody }
    if (!reply.ok) throw new Refused(`GET: ${reply.status}`, body.error)
  }

  /** A replica that has no time is no fault: it is asked again, as every client does. */
  async #granted<T>(request: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#timed(request)
      } catch (error) {
        if (!(error instanceof Refused && error.body.code === 'overloaded') || tries === MAX_TRIES) throw error
        await pause(error.body.retryAfterMs ?? 1000)
      }
    }
  }

  async #timed<T>(request: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    const reply = await request()
    this.#waits.push(performance.now() - startedAt)
    if (this.#waits.length > KEPT_WAITS) this.#waits.splice(0, KEPT_WAITS / 2)
    return reply
  }
}
