import type { Delta } from '../protocol/events.ts';
import type { Message } from '../protocol/message.ts';
/** What a subscriber is to be told next. */
export type Emission = {
    readonly kind: 'message';
    readonly message: Message;
} | {
    readonly kind: 'delta';
    readonly messageId: string;
    readonly attempt: number;
    readonly offset: number;
    readonly text: string;
};
/**
 * What the subscribers of a session have been told: how far the messages, and how far the last answer. Takes what comes
 * from anywhere (this replica's own answer, another replica's notes, the store), late, twice or out of order, and gives
 * what has to be told so that deltas stay contiguous and the final message equals them joined (D2, D4). Pure: no I/O.
 */
export declare class SessionView {
    #private;
    /** A view of somebody who was just given `messages`. */
    static of(messages: readonly Message[]): SessionView;
    /** A view of somebody who was told everything before this delta; `lastSeq` is the newest message that was told of. */
    static beforeDelta(lastSeq: number, delta: Omit<Delta, 'sessionId'>): SessionView;
    /** A view of somebody who was told everything before this message. */
    static beforeMessage(message: Message): SessionView;
    /** `seq` above which messages may be news: answers that run, and at least the last one, which may be made anew, and the one before. */
    get newsAfter(): number;
    /**
     * More has to come, as far as is known here, and reading what is above `newsAfter` would bring it: an answer is streaming,
     * or the last message is a user's, which never stands without its answer (S4).
     */
    get expecting(): boolean;
    /** Everybody holds `messages` now, under the numbers that they have here; what was told of an answer's text stays told. */
    rebase(messages: readonly Message[]): void;
    /** The answer is known, and its end was not told. */
    streams(messageId: string): boolean;
    /** More or other was told than the store holds, which is `messages` above `newsAfter`: it has lost or undone some of it. */
    contradicts(messages: readonly Message[]): boolean;
    /** `seq` up to which what was told is what the store holds, `messages`, with no exception that is known here. */
    agreesUpTo(messages: readonly Message[]): number;
    /** Takes what the store holds now, oldest message first. */
    take(messages: readonly Message[]): Emission[];
    /** Takes a message; `gap` where something before it was not told: read the store and `take` what it holds. */
    takeMessage(message: Message): Emission[] | 'gap';
    /** Takes a delta; `gap` where something before it was not told: read the store and `take` what it holds. */
    takeDelta(delta: Omit<Delta, 'sessionId'>): Emission[] | 'gap';
}
