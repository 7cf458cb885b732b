import { StoreUnavailable } from '../../src/ports/session-store.ts'
import type { Life } from './life.ts'
import type { Mischief } from './mischief.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import type { Trace } from './trace.ts'
import type { Weather } from './weather.ts'

/** Calls that are made all the time and say little. */
const POLLS: ReadonlySet<string> = new Set(['pulses', 'connected', 'members', 'renew', 'keep'])
/** Calls that change who owns what, and of which others have to be told. */
const DEEDS: ReadonlySet<string> = new Set(['begin', 'regenerate', 'finish', 'claim', 'restart', 'reconcile'])
/** How often such a question takes no time where glances are allowed. */
const GLANCES = 0.9

/** One call on its way to the store or back. */
interface Call {
  readonly name: string
  readonly args: unknown
  readonly sentAt: number
  readonly apply: () => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  state: 'sent' | 'applied' | 'settled'
  /** Its connection broke: it is applied when it arrives, if it does, but nobody is told. */
  orphaned: boolean
  lost: boolean
}

export interface WireDeps {
  /** Address of the replica whose connection this is, and its number. */
  readonly name: string
  readonly replica: number
  readonly life: Life
  readonly scheduler: Scheduler
  readonly random: Random
  readonly mischief: Mischief
  readonly weather: Weather
  readonly trace: Trace | null
  readonly glances: boolean
  /** Ends the replica. */
  readonly die: () => void
  /** After this a call without a reply is `StoreUnavailable` to its caller, applied or not (ioredis' `commandTimeout`). */
  readonly timeoutMs: number
}

/**
 * A replica's connection to the store, as ioredis has it here: calls and replies in order, no call ever resent, all
 * of them unavailable at once while the connection is down. Each call is applied zero times or once, at some time, and
 * what its caller hears may differ.
 */
export class Wire {
  readonly #deps: WireDeps
  #inFlight: Call[] = []
  #arrivedAt = 0
  #repliedAt = 0
  #downUntil = 0

  constructor(deps: WireDeps) {
    this.#deps = deps
  }

  call<T>(name: string, args: unknown, apply: () => Promise<T>): Promise<T> {
    const { scheduler, life, replica, weather, mischief, trace } = this.#deps
    return new Promise<T>((resolve, reject) => {
      if (scheduler.now < this.#downUntil || weather.refuses(replica)) {
        trace?.note(this.#deps.name, `✗ ${name}: the store is away`, args)
        scheduler.after(0, () => reject(new StoreUnavailable('not connected')), life)
        return
      }
      const call: Call = {
        name,
        args,
        sentAt: scheduler.now,
        apply,
        resolve: resolve as (value: unknown) => void,
        reject,
        state: 'sent',
        orphaned: false,
        lost: false,
      }
      this.#inFlight.push(call)
      this.#arrivedAt = Math.max(scheduler.now + this.#latency(), this.#arrivedAt)
      scheduler.at(this.#arrivedAt, () => this.#arrive(call), null)
      if (mischief.happens('break'))
        scheduler.after(this.#latency() * 2, () => this.break('the connection broke'), null)
    })
  }

  /** A question that is asked all the time and changes little. */
  glance<T>(name: string, args: unknown, apply: () => Promise<T>): Promise<T> {
    const { glances, random, scheduler, replica, weather } = this.#deps
    const isFree = this.#inFlight.length === 0 && scheduler.now >= this.#downUntil
    const isFair = !weather.refuses(replica) && weather.hangsUntil(replica) <= scheduler.now
    return glances && isFree && isFair && random.chance(GLANCES) ? apply() : this.call(name, args, apply)
  }

  /** The connection is lost: of the calls that have not arrived a first part still does, perhaps much later. */
  break(reason: string): void {
    const { scheduler, random, life, trace, name } = this.#deps
    if (this.#inFlight.length > 0) trace?.note(name, `wire: ${reason}, ${this.#inFlight.length} calls under way`)
    const broken = this.#inFlight
    this.sever()
    this.#downUntil = scheduler.now + random.between(1, 40)
    scheduler.after(
      random.between(0, 1),
      () => {
        for (const call of broken) this.#fail(call, reason)
      },
      life,
    )
  }

  /** The process is gone, or its connection: what it has sent may still arrive. */
  sever(): void {
    const { random, mischief, scheduler } = this.#deps
    const sent = this.#inFlight.filter((call) => call.state === 'sent')
    const arriving = random.int(0, sent.length)
    for (const [i, call] of sent.entries()) {
      if (i >= arriving) call.lost = true
      else if (mischief.happens('straggle')) {
        call.orphaned = true
        call.lost = true
        scheduler.after(random.between(0, 1500), () => this.#straggle(call), null)
      } else call.orphaned = true
    }
    for (const call of this.#inFlight) if (call.state === 'applied') call.orphaned = true
    this.#inFlight = []
  }

  /** The process was frozen: what it waits for may have timed out before it looks at what has come. */
  thawed(): void {
    const { scheduler, timeoutMs, random } = this.#deps
    if (random.chance(0.5)) return
    for (const call of [...this.#inFlight])
      if (call.sentAt + timeoutMs < scheduler.now) this.#fail(call, 'timed out while frozen')
  }

  #latency(): number {
    const { random, mischief } = this.#deps
    return random.between(0.1, 1) * (mischief.happens('slow') ? random.between(10, 100) : 1)
  }

  #arrive(call: Call): void {
    if (call.lost) return
    const { scheduler, weather, replica, life, mischief, trace, name } = this.#deps
    const hangsUntil = weather.hangsUntil(replica)
    if (hangsUntil > scheduler.now) {
      const timeout = call.sentAt + this.#deps.timeoutMs
      if (timeout < hangsUntil) scheduler.at(timeout, () => this.#fail(call, 'timed out'), life)
      scheduler.at(hangsUntil, () => this.#arrive(call), null)
      return
    }
    if (call.orphaned) return this.#straggle(call)
    if (mischief.happens('refuse')) return this.#reply(call, () => this.#fail(call, 'the store refused'))
    call.apply().then(
      (value) => {
        if (call.state === 'sent') call.state = 'applied'
        if (!POLLS.has(call.name)) trace?.note(name, `→ ${call.name}`, call.args, value)
        if (DEEDS.has(call.name) && mischief.happens('die')) return this.#deps.die()
        this.#reply(call, () => this.#settle(call, value))
      },
      (error: Error) => this.#reply(call, () => this.#fail(call, error.message)),
    )
  }

  #straggle(call: Call): void {
    this.#deps.trace?.note(this.#deps.name, `→ ${call.name}, for which nobody waits any more`, call.args)
    call.apply().catch(() => {})
  }

  #reply(call: Call, tell: () => void): void {
    if (call.orphaned) return
    this.#repliedAt = Math.max(this.#deps.scheduler.now + this.#latency(), this.#repliedAt)
    this.#deps.scheduler.at(this.#repliedAt, tell, this.#deps.life)
  }

  #settle(call: Call, value: unknown): void {
    if (call.orphaned || call.state === 'settled') return
    this.#forget(call)
    call.resolve(value)
  }

  #fail(call: Call, reason: string): void {
    if (call.state === 'settled') return
    const { trace, name } = this.#deps
    trace?.note(name, `✗ ${call.name}: ${reason}${call.state === 'applied' ? ' (it was applied)' : ''}`, call.args)
    this.#forget(call)
    call.reject(new StoreUnavailable(reason))
  }

  #forget(call: Call): void {
    call.state = 'settled'
    const at = this.#inFlight.indexOf(call)
    if (at >= 0) this.#inFlight.splice(at, 1)
  }
}
