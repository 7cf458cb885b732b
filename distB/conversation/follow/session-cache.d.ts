import type { SessionCopy } from './session-copy.ts';
/** The bounded LRU of recently used sessions in RAM (S5). */
export declare class SessionCache {
    #private;
    get(sessionId: string): SessionCopy | undefined;
    set(copy: SessionCopy): void;
    drop(sessionId: string): void;
    /** Changes a copy where there is one; null drops it. */
    update(sessionId: string, change: (copy: SessionCopy) => SessionCopy | null): void;
}
