import type { Activity, Delta, MessageEvent } from '../protocol/events.ts';
import type { Order } from './report.ts';
/**
 * What one replica tells another about a session that both have to do with: `delta` and `message` go to those that
 * watch the session (`version`: the session's with this change, so that who was not told of one before it knows), and so
 * does `activity`; `look` tells them that it has changed in more than one way, or that what was told of it may be lost
 * (null: of any session); `watch` tells an owner of a new watcher,
 * `fenced` tells it that its answer was taken away, `handover` asks to take an answer from an owner that drains, `died` tells
 * of a replica whose answers need new owners, `draining` of one that takes none any more, `owning` of one that may own
 * answers from now on. `ask` asks for a report for operators, and may bring an order of one; `report` is what was asked for,
 * as it came, null where the order was refused.
 */
export type BusMessage = ({
    readonly kind: 'delta';
} & Delta) | ({
    readonly kind: 'message';
    readonly version?: number | undefined;
} & MessageEvent) | {
    readonly kind: 'activity';
    readonly sessionId: string;
    readonly event: Activity;
} | {
    readonly kind: 'look';
    readonly sessionId: string | null;
} | {
    readonly kind: 'watch';
    readonly sessionId: string;
    readonly watcher: string;
} | {
    readonly kind: 'fenced';
    readonly sessionId: string;
    readonly epoch: number;
} | {
    readonly kind: 'handover';
    readonly sessionId: string;
    readonly owner: string;
} | {
    readonly kind: 'died';
    readonly replica: string;
} | {
    readonly kind: 'draining';
    readonly replica: string;
} | {
    readonly kind: 'owning';
    readonly replica: string;
} | {
    readonly kind: 'ask';
    readonly from: string;
    readonly id: string;
    readonly order: Order | null;
} | {
    readonly kind: 'report';
    readonly id: string;
    readonly report: unknown;
};
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
    send(replica: string, message: BusMessage): void;
    /** The one receiver of what is sent to this replica. */
    receive(handler: (message: BusMessage) => void): void;
    /** Calls the one `handler` for each session of which a message has reached nobody at `replica`: it is gone, or comes back. */
    onUnreached(handler: (replica: string, sessionId: string) => void): void;
    close(): Promise<void>;
}
/** For a replica that is alone (STORE=memory). */
export declare const noBus: Bus;
