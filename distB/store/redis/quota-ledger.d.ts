import type { Meter } from '../../ports/meter.ts';
import type { Quota } from '../../ports/quotas.ts';
import { type AnswerKey, type Ledger, type Release, type Subject, type Taking } from '../quotas.ts';
import type { RedisConnections } from './connect.ts';
/** Counts over all replicas, a script for each call; rejects while Redis is away. */
export declare class RedisQuotaLedger implements Ledger {
    #private;
    constructor({ commands, keys }: Pick<RedisConnections, 'commands' | 'keys'>, meter: Meter);
    take(subject: Subject, { messages, sessions, answer }: Taking, quota: Quota, now: number): Promise<keyof Quota | null>;
    release(subject: Subject, { messages, sessions, tokens, answer }: Release): Promise<void>;
    groupOf({ name }: Subject, { sessionId, key }: AnswerKey): Promise<string | null>;
}
