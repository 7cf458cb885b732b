import type { Snapshot } from '../../ports/session-store.ts';
import type { Message } from '../../protocol/message.ts';
/** The messages, the running answer's with its text. */
export declare function visibleMessages(snapshot: Snapshot | null): readonly Message[];
/** The answer as it ends where nobody can go on with it (F4). */
export declare function asInterrupted(answer: Message): Message;
