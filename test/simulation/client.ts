import type { ConversationApi } from '../../src/conversation/api.ts'
import { Follower } from './follower.ts'
import { LineLost } from './line.ts'
import type { Ask, ClientPlan } from './plan.ts'
import type { Random } from './random.ts'
import type { Replica } from './replica.ts'
import { questionOf } from './script.ts'
import type { World } from './world.ts'

const ACK_MS = 1500
const CALLER = { user: null, clientAddress: '' }

/** A user in front of a page: asks, and asks again with the same id until it is acknowledged (M2), then waits for the end. */
export class Client {
  readonly name: string
  readonly page: Follower
  /** It has asked all its questions and seen all its answers end. */
  isDone = false
  readonly #world: World
  readonly #plan: ClientPlan
  readonly #random: Random
  #acknowledgedBy: Replica | null = null

  constructor(world: World, number: number, plan: ClientPlan) {
    this.#world = world
    this.#plan = plan
    this.#random = world.random.fork()
    this.name = `client ${number}`
    this.page = new Follower(world, plan.session, this.name)
  }

  async live(): Promise<void> {
    await this.#world.scheduler.pause(this.#plan.startAt)
    void this.page.connect()
    for (const ask of this.#plan.asks) await this.#ask(ask)
    await this.page.until(() => this.page.line !== null && !this.page.isStreaming)
    this.isDone = true
  }

  async #ask(ask: Ask): Promise<void> {
    const { scheduler, history, provisional } = this.#world
    const { page } = this
    const uuid = this.#random.uuid()
    const content = questionOf(uuid, ask)
    const id = uuid.replace('-4', '-7') // two sources may draw the same: never a client what a replica drew for an answer
    const sent = await this.#insist((api, sessionId) => api.send(CALLER, { sessionId, id, content }))
    if (sent === null) return
    const { sessionId } = page
    history.acknowledged(sessionId, sent)
    if (!sent.persisted && this.#acknowledgedBy !== null)
      provisional.push({ sessionId, messageId: id, by: this.#acknowledgedBy })
    page.acknowledged(sessionId, sent)
    const { hopAfterMs, stopAfterMs, awayAfterMs, regenerate } = ask
    if (awayAfterMs !== null) scheduler.after(awayAfterMs, () => page.leave(), null)
    if (hopAfterMs !== null) scheduler.after(hopAfterMs, () => page.hop(), null)
    if (stopAfterMs !== null) await this.#stop(sent.answer.id, stopAfterMs)
    await this.#ended(sent.answer.id, 1)
    if (regenerate) await this.#regenerate(sent.answer.id)
  }

  async #stop(messageId: string, afterMs: number): Promise<void> {
    await this.#world.scheduler.pause(afterMs)
    const { history } = this.#world
    const stopped = await this.#insist((api, sessionId) => {
      history.stopAsked.add(messageId)
      return api.stop(CALLER, { sessionId, messageId })
    })
    if (stopped?.message.status === 'streaming')
      history.violated('D7', 'an answer was stopped and streams on', stopped.message)
  }

  async #regenerate(messageId: string): Promise<void> {
    const regenerated = await this.#insist((api, sessionId) => api.regenerate(CALLER, { sessionId, messageId }))
    if (regenerated !== null) await this.#ended(messageId, regenerated.answer.attempt)
  }

  /** Resolves once the page shows the final status of that attempt, or a later one. */
  #ended(messageId: string, attempt: number): Promise<void> {
    const by = this.#acknowledgedBy
    return this.page.until(() => {
      const message = this.page.messages.find(({ id }) => id === messageId)
      if (message !== undefined && message.attempt >= attempt && message.status !== 'streaming') return true
      return by !== null && this.#isLost(by, messageId, attempt)
    })
  }

  /**
   * It was acknowledged by a replica that was alone (`persisted: false`), and that has died since, or has written back what it
   * held and found that something else stands (G4).
   */
  #isLost(by: Replica, messageId: string, attempt: number): boolean {
    const known = this.#world.history.answer(this.page.sessionId, messageId)
    return by.wasAlone && (by.life.state === 'dead' || by.isDurable) && (known?.attempt ?? 0) < attempt
  }

  /** Calls until the gateway acknowledges, over any number of connections; null where it refuses for good. */
  async #insist<T>(call: (api: ConversationApi, sessionId: string) => Promise<T>): Promise<T | null> {
    const { scheduler, history } = this.#world
    for (;;) {
      await this.page.until(() => this.page.line !== null)
      const { line, sessionId } = this.page
      if (line === null) continue
      try {
        const reply = await line.request((api) => call(api, sessionId), ACK_MS)
        this.#acknowledgedBy = line.replica
        return reply
      } catch (error) {
        if (error instanceof LineLost) continue
        const refusal = history.refused(this.name, error)
        if (!refusal?.retryable) return null
        await scheduler.pause(refusal.retryAfterMs ?? 100)
      }
    }
  }
}
