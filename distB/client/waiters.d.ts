import { ClientError } from './errors.ts';
/** Callers who wait until the session is open. */
export declare class Waiters {
    #private;
    /** Rejects after `timeoutMs`, where that is given. */
    wait(timeoutMs?: number): Promise<void>;
    resolveAll(): void;
    rejectAll(error: ClientError): void;
}
