import type { Finished } from '../../ports/session-store.ts';
import type { ActivityKind } from '../../protocol/events.ts';
import type { Message } from '../../protocol/message.ts';
import type { OwnedAnswer } from './owned-answer.ts';
/** What becomes of an answer that this replica produces: everybody who follows its session is to be told. */
export interface AnswerEvents {
    /** Text of it is stored: it may be shown now, and not before (D1). `offset` is its place in the answer, in UTF-16 units. */
    text(answer: OwnedAnswer, offset: number, text: string): void;
    /** What goes on while no text comes, with what the model thinks, or `''` (F7). */
    activity(answer: OwnedAnswer, kind: ActivityKind, words: string): void;
    /** It stands empty again, for another attempt. */
    restarted(answer: OwnedAnswer, watchers: readonly string[]): void;
    /** Its final state is stored. */
    finished(answer: OwnedAnswer, message: Message, finished: Finished): void;
    /** It has ended, and that can never be stored. */
    unstorable(answer: OwnedAnswer, message: Message): void;
}
