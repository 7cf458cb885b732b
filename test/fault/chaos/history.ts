/** What a round of chaos leaves behind: everything that was done and seen, in order, and what Redis held at the end. */
import type { Delta, MessageEvent, SessionSync } from '../../../src/protocol/events.ts'
import type { Message } from '../../../src/protocol/message.ts'

/** `at`: milliseconds since the round began. `socket`: counts the connections of all people. */
interface Seen {
  readonly at: number
  readonly person: string
  readonly socket: number
}

export type Entry =
  | (Seen & { readonly kind: 'connected'; readonly where: string })
  | (Seen & { readonly kind: 'lost' })
  /** `session:open` was sent: events may come before its acknowledgement. */
  | (Seen & { readonly kind: 'opening' })
  | (Seen & {
      readonly kind: 'opened'
      readonly sessionId: string
      readonly replica: string
      readonly resumed: boolean
      readonly backend: string
      readonly after: number
      readonly messages: readonly Message[]
    })
  | (Seen & { readonly kind: 'not opened' })
  /** A session:open of the SDK was acknowledged. */
  | (Seen & { readonly kind: 'served'; readonly sessionId: string; readonly replica: string })
  | (Seen & { readonly kind: 'sent'; readonly sessionId: string; readonly id: string; readonly content: string })
  | (Seen & {
      readonly kind: 'acknowledged'
      readonly sessionId: string
      readonly message: Message
      readonly answer: Message
      readonly persisted: boolean
    })
  | (Seen & { readonly kind: 'refused'; readonly event: string; readonly code: string })
  | (Seen & { readonly kind: 'delta'; readonly payload: Delta })
  | (Seen & { readonly kind: 'message'; readonly payload: MessageEvent })
  | (Seen & { readonly kind: 'sync'; readonly payload: SessionSync })
  | (Seen & { readonly kind: 'backend'; readonly backend: string })
  | (Seen & { readonly kind: 'ended'; readonly sessionId: string })
  | {
      readonly at: number
      readonly kind: 'fault'
      readonly what: string
      readonly target: string
      readonly owned: readonly string[]
    }
  | {
      readonly at: number
      readonly kind: 'takeover'
      readonly sessionId: string
      readonly messageId: string
      readonly by: string
      /** Length of the text that the new owner found. */
      readonly characters: number
    }
  /** What a replica logged, of a session or of itself. */
  | {
      readonly at: number
      readonly kind: 'log'
      readonly by: string
      readonly msg: string
      readonly session: string | null
      readonly more: object
    }

/** What Redis held of a session at the end. */
export interface StoredState {
  readonly messages: readonly Message[]
  /** Of the running answer, by address; null where none runs. */
  readonly owner: string | null
}

export interface Apart {
  readonly person: string
  /** When that was seen. */
  readonly when: string
  readonly what: string
}

export interface History {
  readonly entries: readonly Entry[]
  readonly stored: ReadonlyMap<string, StoredState>
  /** People whose question was not answered long after everything was mended. */
  readonly waiting: readonly string[]
  /** People who were connected and did not hold what Redis held. */
  readonly apart: readonly Apart[]
  /** Keys in Redis without a time to live. */
  readonly immortal: readonly string[]
  /** What the model says to a question, as `plain` leaves it. */
  readonly answerTo: (question: string) => string
  /** Takes out of a text what is different each time the model is asked. */
  readonly plain: (text: string) => string
  /** Redis was among what was disturbed: then messages may be acknowledged as not persisted, and be told again (G). */
  readonly redisWasAway: boolean
  /** Takeovers and provider's cuts after which an answer may be given up (F4, F6). */
  readonly limits: { readonly takeovers: number }
}

/** One line for people. */
export function describe(entry: Entry): string {
  const { at, kind, ...rest } = entry
  const shortened = JSON.stringify(rest, (key, value: unknown) => {
    if (value === null || (typeof value === 'object' && Object.keys(value).length === 0)) return undefined
    const isLong = typeof value === 'string' && value.length > 90 && key !== 'id'
    return isLong ? `${value.slice(0, 30)} … ${value.slice(-50)} (${value.length})`.toWellFormed() : value
  })
  return `${(at / 1000).toFixed(3).padStart(8)} s  ${kind} ${shortened}`
}
