/** The message of the product contract (rules M and D): what a session holds, what every transport carries. */
export type Role = 'user' | 'assistant' | 'system';
/** `streaming` is the only status that changes; the other three are final. */
export type MessageStatus = 'streaming' | 'complete' | 'stopped' | 'error';
export type Metadata = Record<string, unknown>;
export interface Message {
    /** UUID: the sender's own for user messages (the idempotency key, M2), the gateway's for answers. */
    readonly id: string;
    /** 1, 2, 3 … per session: no gap, never reused. */
    readonly seq: number;
    readonly role: Role;
    readonly content: string;
    readonly status: MessageStatus;
    /** 1 for the first; rises when an answer's text starts again from nothing. */
    readonly attempt: number;
    /** ISO 8601. */
    readonly createdAt: string;
    readonly metadata: Metadata;
}
export interface SessionInfo {
    readonly id: string;
    readonly userId: string | null;
    readonly createdAt: string;
    /** ISO 8601 of the last message; of the creation where there is none yet. */
    readonly lastActivity: string;
    readonly messageCount: number;
    readonly ttlSeconds: number;
}
/** Where what was just acknowledged lives (M1, G1). */
export type Backend = 'redis' | 'memory';
