import type { Subscriber } from '../ports/subscriber.ts';
import type { Delta, MessageEvent, SessionSync } from '../protocol/events.ts';
import type { Message } from '../protocol/message.ts';
import type { EventStream } from './event-stream.ts';
/** What an answer is written to. */
export type EventSink = Pick<EventStream, 'full' | 'ended' | 'send' | 'onDrain' | 'end'>;
export interface AnswerStreamOptions {
    readonly sessionId: string;
    /** The answer as it is now; undefined where it is gone. */
    readonly stored: () => Promise<Message | undefined>;
    readonly onSlow: () => void;
}
/**
 * One answer as server-sent events: `delta`s without a gap or an overlap, last the final `message` (H).
 *
 * Modes: `waiting` for the snapshot, while what happens is held; `live`, each delta written as it comes; `behind`,
 * after the reader was too slow or text is missing: what comes is dropped and read from the stored text, once the
 * reader has caught up (D6). So a reader costs at most the stream's limit, one piece and its position.
 */
export declare class AnswerStream implements Subscriber {
    #private;
    constructor(options: AnswerStreamOptions);
    /** Writes the answer from `offset` on to `out` and goes on with what happens to it. */
    start(out: EventSink, answer: Message, offset: number): void;
    delta(delta: Delta): void;
    message({ message }: Pick<MessageEvent, 'message'>): void;
    /** Server-sent events have no place for it (H). */
    activity(): void;
    /**
     * What was sent may not be part of what is stored. Where it is, the answer goes on from there; else the reader is let go,
     * and given what there is when it asks again.
     */
    sync(event: SessionSync): void;
    /** The session is gone: the reader is let go, and told so when it asks again. */
    ended(): void;
}
/**
 * Where a reader whose last event had `lastEventId` goes on in `answer`: behind that event where it is of the same
 * answer and attempt, else at the start.
 */
export declare function resumeOffset(lastEventId: string | undefined, answer: Message): number;
