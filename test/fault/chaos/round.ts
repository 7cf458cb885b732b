import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '../../simulation/random.ts'
import { type FaultName, Faults } from './faults.ts'
import type { Participant } from './participant.ts'
import type { Guest, Scene } from './scene.ts'

/** Questions that one person asks at most in a round. */
const QUESTIONS = 1000

export interface RoundOptions {
  readonly seconds: number
  /** Each has one who asks and one who watches from elsewhere. */
  readonly conversations: number
  readonly faults: readonly FaultName[]
  /** Milliseconds between two faults, on average. */
  readonly everyMs: number
}

/** People talk while things break at random; then everything is mended. */
export class Round {
  readonly talks: Promise<void>[] = []
  readonly #scene: Scene
  readonly #random: Random
  readonly #options: RoundOptions
  readonly #quiet = new AbortController()

  constructor(scene: Scene, random: Random, options: RoundOptions) {
    this.#scene = scene
    this.#random = random
    this.#options = options
  }

  /** Resolves when everything is mended and nobody asks any more; the last answers may still stream. `stop` ends it early. */
  async run(stop: AbortSignal): Promise<void> {
    const { conversations } = this.#options
    for (let i = 0; i < conversations; i++) this.talks.push(this.#converse(`p${i}`, i % 2 === 1, this.#random.fork()))
    this.talks.push(this.#askAndLeave(this.#random.fork()))
    try {
      await this.#disturb(this.#random.fork(), stop)
    } finally {
      this.#quiet.abort()
    }
  }

  async #disturb(random: Random, stop: AbortSignal): Promise<void> {
    const { faults: names, seconds, everyMs } = this.#options
    const { cluster, replicated } = this.#scene
    const strike = (what: FaultName, target: string) => this.#scene.strike(what, target)
    const faults = new Faults({ cluster, replicated, random, people: () => this.#scene.people, strike }, names)
    const end = performance.now() + seconds * 1000
    while (performance.now() < end && !stop.aborted) {
      await pause(random.between(0.2 * everyMs, 1.8 * everyMs), undefined, { signal: stop }).catch(() => {})
      if (!stop.aborted) faults.next()
    }
    await faults.settle()
  }

  /** Between one who has the SDK and one who only keeps D3's rule. */
  async #converse(name: string, sdkAsks: boolean, random: Random): Promise<void> {
    const invite = (who: string, hasSdk: boolean, guest?: Guest): Participant =>
      hasSdk ? this.#scene.inviteSdk(who, guest) : this.#scene.invite(who, guest)
    const asker = invite(name, sdkAsks)
    const sessionId = await asker.join()
    const watcher = invite(`${name}w`, !sdkAsks, { sessionId })
    watcher.watch().catch(() => {}) // the round is over
    await this.#scene.owe(asker, async () => {
      for (let question = 0; question < QUESTIONS && !this.#quiet.signal.aborted; question++) {
        let message = await asker.ask(`${name}q${question} number ${random.int(0, 1000)}`)
        if (message?.status === 'error') message = await asker.regenerate(message)
        if (message === null) continue
        this.#scene.answered(message.content.length)
        await pause(random.between(0, 300))
      }
    })
  }

  /** Somebody asks and goes away, again and again: such answers have to end all the same (D7). */
  async #askAndLeave(random: Random): Promise<void> {
    for (let i = 0; !this.#quiet.signal.aborted; i++) {
      const passerBy = this.#scene.invite(`x${i}`)
      await this.#scene.owe(passerBy, () => passerBy.post(`x${i} number ${random.int(0, 1000)}`))
      passerBy.leave()
      await pause(random.between(200, 1000))
    }
  }
}
