import type { Message } from '../../../src/protocol/message.ts'
import type { Random } from '../../simulation/random.ts'
import type { Entry } from './history.ts'

type Without<E, K extends string> = E extends unknown ? Omit<E, K> : never
/** An entry before it is known when it was made. */
export type Unstamped = Without<Entry, 'at'>
/** … and by whom. */
export type Unsigned = Without<Extract<Entry, { person: string }>, 'at' | 'person' | 'socket'>

export interface Surroundings {
  readonly random: Random
  readonly record: (entry: Unstamped) => void
  /** The end of the round: whoever waits leaves. */
  readonly over: AbortSignal
}

/** Somebody who talks, and comes back over as many connections as it takes. */
export interface Participant {
  readonly name: string
  /** Null until it has one. */
  readonly sessionId: string | null
  readonly isHere: boolean
  /** What it is shown, by id. */
  readonly held: ReadonlyMap<string, Message>
  /** Its own network fails. */
  drop(): void
  /** Resolves once the session is open. */
  join(): Promise<string>
  /** Asks, and resolves with the final message; null where the answer was lost. */
  ask(content: string): Promise<Message | null>
  /** Asks, and resolves once that is acknowledged, with the empty answer. */
  post(content: string): Promise<Message>
  /** Has an answer made again that ended as an error; null where the answer was lost. */
  regenerate(message: Message): Promise<Message | null>
  /** Follows the session until the round is over. */
  watch(): Promise<void>
  leave(): void
}
