import type { Turn } from './model.ts';
export interface RetrievedDocument {
    readonly title: string;
    readonly text: string;
    readonly url?: string;
    readonly score?: number;
}
/** Finds what the model should know before it answers (S8). */
export interface Retriever {
    /**
     * Never rejects: a retriever that fails or is late costs the sources, not the answer, and gives none.
     * `messages` are the session's turns that the model will be given, `query` the user's message.
     */
    retrieve(sessionId: string, query: string, messages: readonly Turn[], signal: AbortSignal): Promise<readonly RetrievedDocument[]>;
}
export declare const noRetriever: Retriever;
