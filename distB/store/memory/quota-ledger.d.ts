import type { Quota } from '../../ports/quotas.ts';
import { type AnswerKey, type Ledger, type Release, type Subject, type Taking } from '../quotas.ts';
/** Counts for one replica that is alone (STORE=memory). */
export declare class MemoryQuotaLedger implements Ledger {
    #private;
    take(subject: Subject, { messages, sessions, answer }: Taking, quota: Quota, now: number): Promise<keyof Quota | null>;
    release(subject: Subject, { messages, sessions, tokens, answer }: Release): Promise<void>;
    groupOf(subject: Subject, { sessionId, key }: AnswerKey): Promise<string | null>;
}
