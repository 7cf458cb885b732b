import type { Check } from '../check.ts';
import { type Gateway } from '../gateway.ts';
/** HTTP without its streams (H, M2, X7). */
export declare const http: readonly Check[];
/** Makes a session over HTTP and gives its path. */
export declare function newSession(gateway: Gateway, query?: string): Promise<string>;
export declare function history(gateway: Gateway, path: string, query?: string): Promise<{
    session_id: string;
    messages: {
        id: string;
        seq: number;
        attempt: number;
        status: "complete" | "error" | "stopped" | "streaming";
        role: "assistant" | "system" | "user";
        content: string;
        timestamp: string;
        metadata: Record<string, unknown>;
    }[];
    total_messages: number;
}>;
export declare function post(body: object): {
    method: string;
    body: object;
    ms: number;
};
