import type { Message } from '../protocol/message.ts';
/** Stored messages with the running answer's text so far in its place. */
export declare function withRunningText(messages: readonly Message[], running: {
    readonly messageId: string;
    readonly attempt: number;
    readonly text: string;
} | null): readonly Message[];
