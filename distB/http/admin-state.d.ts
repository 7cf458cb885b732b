import { type AdminSession, type AdminState } from '../protocol/admin.ts';
import type { Message, SessionInfo } from '../protocol/message.ts';
/** What the replicas say of themselves, as one state. What one says that is no report counts as nothing said (X6). */
export declare function stateOf(told: ReadonlyMap<string, unknown>, replica: string): AdminState;
/** A session without what is said in it. */
export declare function factsOf(session: SessionInfo & {
    readonly sizeBytes: number;
}, owner: string | null, messages: readonly Message[]): AdminSession;
