/** The merge rule of the contract (D3), shared by the gateway and every client: pure, no I/O. */
import type { Delta } from '../protocol/events.ts';
import type { Message } from '../protocol/message.ts';
/** What the holder of a text has of one answer. */
export interface Position {
    readonly attempt: number;
    /** UTF-16 code units. */
    readonly length: number;
    /** The final message was seen: nothing more of this attempt is taken. */
    readonly final: boolean;
}
export type Step = 
/** Append `text`. */
{
    readonly kind: 'append';
    readonly text: string;
}
/** Empty what there is, then append `text`: a new attempt. */
 | {
    readonly kind: 'restart';
    readonly text: string;
} | {
    readonly kind: 'drop';
}
/** Text between is missing: read the stored text (a client opens again). */
 | {
    readonly kind: 'gap';
};
/** What a delta means to somebody at `position`. */
export declare function stepOf(position: Position, delta: Pick<Delta, 'attempt' | 'offset' | 'text'>): Step;
export declare function positionOf(message: Message): Position;
/** A message with a delta merged in, the same message where the delta adds nothing, or null where text between is missing. */
export declare function mergeDelta(message: Message, delta: Delta): Message | null;
/**
 * Which of two views of one message is the later one: a `message` event or a snapshot against what is held. A higher
 * attempt wins, then a final status, then the longer text.
 */
export declare function laterOf(held: Message, incoming: Message): Message;
