import type { Activity, Delta, MessageEvent } from '../protocol/events.ts'
import type { Order } from './report.ts'

/** What one replica tells another. */
export type BusMessage =
  /** To watchers: text of an answer. */
  | ({ readonly kind: 'delta' } & Delta)
  /** To watchers: a message changed. `version` is the session's with this change: a watcher that missed the one before notices. */
  | ({ readonly kind: 'message'; readonly version?: number | undefined } & MessageEvent)
  /** To watchers: what goes on while no text comes. */
  | { readonly kind: 'activity'; readonly sessionId: string; readonly event: Activity }
  /** To watchers: the session changed in more than one way, or what was told of it may be lost. Null: any session. */
  | { readonly kind: 'look'; readonly sessionId: string | null }
  /** To an owner: it has a new watcher. */
  | { readonly kind: 'watch'; readonly sessionId: string; readonly watcher: string }
  /** To an owner: its answer was taken from it. */
  | { readonly kind: 'fenced'; readonly sessionId: string; readonly epoch: number }
  /** From an owner that drains: take this answer. */
  | { readonly kind: 'handover'; readonly sessionId: string; readonly owner: string }
  /** A replica is dead: its answers need new owners. */
  | { readonly kind: 'died'; readonly replica: string }
  /** A replica takes no answers any more. */
  | { readonly kind: 'draining'; readonly replica: string }
  /** A replica may own answers from now on; it may only just have come. */
  | { readonly kind: 'owning'; readonly replica: string }
  /** Asks for a report for operators, or brings an operator's order. */
  | { readonly kind: 'ask'; readonly from: string; readonly id: string; readonly order: Order | null }
  /** The report, as it came; null where the order was refused. */
  | { readonly kind: 'report'; readonly id: string; readonly report: unknown }

/**
 * The bus between replicas.
 *
 * Guarantees: messages from one replica to another arrive in the order in which they were sent, at most once. They may be
 * lost, but not unnoticed: where one that tells of a session could not be sent, its receiver is told to `look` as soon as that
 * can be, and who could not receive hears that the bus was interrupted, and reads the store.
 * Messages from two replicas have no order between them.
 */
export interface Bus {
  /** Hands a message over for delivery soon; never throws and never blocks. */
  send(replica: string, message: BusMessage): void
  /** The one receiver of what is sent to this replica. */
  receive(handler: (message: BusMessage) => void): void
  /** Calls the one `handler` for each session of which a message has reached nobody at `replica`: it is gone, or comes back. */
  onUnreached(handler: (replica: string, sessionId: string) => void): void
  /**
   * Resolves once what was handed over in this turn has been sent, or its receivers were told to `look`; after some tries in any case.
   * Whoever goes before that leaves somebody who does not know what is missing.
   */
  settled(): Promise<void>
  close(): Promise<void>
}

/** For a replica that is alone (STORE=memory). */
export const noBus: Bus = { send() {}, receive() {}, onUnreached() {}, settled: async () => {}, close: async () => {} }
