/** A blow to the stack, and how long this page waited for text because of it. Pure: times are passed in. */

export type Blow = 'kill' | 'freeze' | 'drain'

/** What has to move elsewhere before the blow is overcome: the answer, this page's socket, or where messages are kept. */
export type Burden = 'answer' | 'socket' | 'storage'

export interface Outcome {
  /** Milliseconds from the click to the first new text after the longest silence that followed it. */
  readonly ms: number
  /** Milliseconds of `ms` until another replica had taken over and asked the model to go on; null where this page cannot tell. */
  readonly oursMs: number | null
  /** That silence itself, in milliseconds. */
  readonly pauseMs: number
  /** Length of the answer when the silence began. */
  readonly at: number
}

export class Incident {
  readonly blow: Blow
  /** A replica's id, or `Redis`. */
  readonly target: string
  /** What the target carried when it was struck. */
  readonly burdens: readonly Burden[]
  readonly startedAt: number
  readonly #unmoved: Set<Burden>
  readonly #heirs = new Map<Burden, string>()
  #length: number
  #lastText: number
  #resumedAt: number | null = null
  /** Another blow fell before this one was overcome: whose takeover is heard of cannot be told. */
  #isMixed = false
  #longest: Outcome
  #outcome: Outcome | null = null

  /** `length`: of the answer so far. Times are milliseconds on one clock. */
  constructor(blow: Blow, target: string, burdens: readonly Burden[], startedAt: number, length: number) {
    this.blow = blow
    this.target = target
    this.burdens = burdens
    this.startedAt = startedAt
    this.#unmoved = new Set(burdens)
    this.#length = length
    this.#lastText = startedAt
    this.#longest = { ms: 0, oursMs: null, pauseMs: 0, at: length }
  }

  /** What is told of after another blow: one that meets nothing hides none that is not overcome, and what has not moved yet still has to. */
  followedBy(blow: Blow, target: string, burdens: readonly Burden[], now: number, length: number): Incident {
    const isUnderWay = this.#outcome === null && this.burdens.length > 0
    const told =
      isUnderWay && burdens.length === 0
        ? this
        : new Incident(blow, target, [...new Set([...burdens, ...this.#unmoved])], now, length)
    told.#isMixed = isUnderWay
    return told
  }

  /** Null until what was struck has been replaced and text has come again. */
  get outcome(): Outcome | null {
    return this.#outcome
  }

  /** Who carries the burden now; null while nobody was seen to have taken it over. */
  heirOf(burden: Burden): string | null {
    return this.#heirs.get(burden) ?? null
  }

  /** Milliseconds from the click until the answer was taken over; null until this page hears of it, and where it cannot know. */
  get oursMs(): number | null {
    return this.#resumedAt === null || this.#isMixed ? null : this.#resumedAt - this.startedAt
  }

  /** Another replica has the answer, and waits for the model: told by it, or seen. */
  resumed(now: number): void {
    this.#resumedAt ??= now
  }

  /** New text came; the answer is `length` characters long now. */
  text(now: number, length: number): void {
    if (this.#outcome !== null) return
    const pauseMs = now - this.#lastText
    if (pauseMs > this.#longest.pauseMs) {
      const isWithin = this.#resumedAt !== null && this.#resumedAt >= this.#lastText
      this.#longest = {
        ms: now - this.startedAt,
        oursMs: isWithin ? this.oursMs : null,
        pauseMs,
        at: this.#length,
      }
    }
    this.#lastText = now
    this.#length = length
    this.#settle(now)
  }

  moved(burden: Burden, heir: string, now: number): void {
    if (!this.#unmoved.delete(burden)) return
    this.#heirs.set(burden, heir)
    if (burden === 'answer') this.resumed(now)
    this.#settle(now)
  }

  /** The answer is over: no further text will come. */
  ended(): void {
    this.#outcome ??= this.#longest
  }

  /** A silence that still lasts may be the one that the blow has caused. */
  #settle(now: number): void {
    const { pauseMs } = this.#longest
    if (this.#outcome !== null || this.#unmoved.size > 0 || pauseMs === 0) return
    if (now - this.#lastText < pauseMs) this.#outcome = this.#longest
  }
}
