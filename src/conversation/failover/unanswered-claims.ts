import { type Clock, delay } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Meter } from '../../ports/meter.ts'
import type { Begun } from '../../ports/quotas.ts'
import { STORE_RETRY_MS, StoreUnavailable } from '../../ports/session-store.ts'
import type { SessionFeeds } from '../follow/session-feeds.ts'
import type { OwnedSessions } from './owned-sessions.ts'

export interface UnansweredClaimsOptions {
  readonly ownedSessions: OwnedSessions
  readonly feeds: Pick<SessionFeeds, 'lookAtRest'>
  readonly clock: Clock
  readonly meter: Meter
  readonly log: Log
  readonly leaseMs: number
  /** Aborted once this replica stops. */
  readonly signal: AbortSignal
  /** Goes on with an answer that this replica owns unawares, and gives it; null where there is none. Rejects where the store is away. */
  takeUp(sessionId: string): Promise<Begun | null>
}

/** The claims of one session. They may still be made `until` (epoch ms). */
interface OfSession {
  until: number
  /** Ends the present pause: another claim is to be looked for as soon as the first was. */
  wake: () => void
  /** By what they begin. The session is tracked for each of them. */
  readonly claims: Map<string, PromiseWithResolvers<boolean>>
}

/** Of one session. */
const MAX_CLAIMS = 100
/** Stands for all claims of an answer that runs already: the first that is made fences the others. */
const TAKEOVER = ''

/**
 * Claims of this replica that got no reply. It looks for them for as long as a lease: the call may still be on its way, because
 * the system goes on emptying a connection that was given up. Callers try again meanwhile, so one look serves all claims of a
 * session, and lasts longer with each of them.
 */
export class UnansweredClaims {
  readonly #options: UnansweredClaimsOptions
  readonly #sessions = new Map<string, OfSession>()

  constructor(options: UnansweredClaimsOptions) {
    this.#options = options
  }

  /**
   * Finds out whether a claim was made that begins `answer`, or, with null, one that takes over what runs. Where it was, goes on
   * with the answer. The session is tracked for the claim, and stays so until then. True, too, where a bug keeps that from being
   * known. Never rejects; does not resolve where this replica stops before.
   */
  resolve(sessionId: string, answer: Begun | null): Promise<boolean> {
    const { clock, leaseMs, ownedSessions } = this.#options
    const ofSession = this.#sessions.get(sessionId) ?? this.#begin(sessionId)
    ofSession.until = clock.now() + leaseMs
    const key = answer === null ? TAKEOVER : keyOf(answer)
    const same = ofSession.claims.get(key)
    if (same !== undefined) {
      ownedSessions.untrack(sessionId, false) // it is tracked for that one
      return same.promise
    }
    const claim = Promise.withResolvers<boolean>()
    ofSession.claims.set(key, claim)
    this.#bound(ofSession, sessionId)
    ofSession.wake()
    return claim.promise
  }

  /** A client that tries again for as long as a shard is away makes one with each try. The oldest count as not made: a quota stops nobody for an outage. */
  #bound({ claims }: OfSession, sessionId: string): void {
    const [oldest] = claims
    if (oldest === undefined || claims.size <= MAX_CLAIMS) return
    const [key, claim] = oldest
    claims.delete(key)
    this.#options.ownedSessions.untrack(sessionId)
    claim.resolve(false)
  }

  #begin(sessionId: string): OfSession {
    const ofSession: OfSession = { until: 0, wake() {}, claims: new Map() }
    this.#sessions.set(sessionId, ofSession)
    void this.#findOut(sessionId, ofSession)
    return ofSession
  }

  async #findOut(sessionId: string, ofSession: OfSession): Promise<void> {
    const { clock, log, meter, signal } = this.#options
    let pauseMs = STORE_RETRY_MS
    let woken = wakeable(ofSession)
    while (!signal.aborted) {
      try {
        await Promise.race([delay(clock, pauseMs, signal), woken.then(() => delay(clock, STORE_RETRY_MS, signal))])
        woken = wakeable(ofSession) // a claim that comes during the look may come too late for it
        if (await this.#isFoundOut(sessionId, ofSession)) return
        pauseMs = Math.max(STORE_RETRY_MS, ofSession.until - clock.now())
      } catch (err) {
        if (signal.aborted) return
        if (!(err instanceof StoreUnavailable)) {
          meter.caught(1, { door: 'takeover' })
          log.error({ err, session: sessionId }, 'a claim cannot be found out about')
          return this.#end(sessionId, ofSession, true)
        }
        log.debug({ err, session: sessionId }, 'a claim is still unanswered')
        pauseMs = STORE_RETRY_MS
      }
    }
  }

  /** Whether none may still be made. */
  async #isFoundOut(sessionId: string, ofSession: OfSession): Promise<boolean> {
    const { takeUp, clock, ownedSessions, feeds } = this.#options
    const made = await takeUp(sessionId)
    if (made !== null) settle(ofSession, made)
    const isOpen = clock.now() < ofSession.until || ownedSessions.isClaiming(sessionId)
    if (isOpen && ofSession.claims.size > 0) return false
    // One may have been made, and its answer ended by another: nobody here has told of it.
    if (ofSession.claims.size > 0) void feeds.lookAtRest(sessionId)
    this.#end(sessionId, ofSession, false)
    return true
  }

  #end(sessionId: string, { claims }: OfSession, isMade: boolean): void {
    this.#sessions.delete(sessionId)
    for (const claim of claims.values()) {
      this.#options.ownedSessions.untrack(sessionId)
      claim.resolve(isMade)
    }
  }
}

/** `made` is tracked from now on for what was tracked for its claim. Where that is not known any more, for another's. */
function settle({ claims }: OfSession, made: Begun): void {
  const key = [keyOf(made), TAKEOVER, ...claims.keys()].find((key) => claims.has(key)) ?? TAKEOVER
  claims.get(key)?.resolve(key === keyOf(made))
  claims.delete(key)
}

/** Resolves when the session's pause is to end. */
function wakeable(ofSession: OfSession): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  ofSession.wake = resolve
  return promise
}

const keyOf = ({ id, createdAt }: Begun): string => `${id} ${createdAt}`
