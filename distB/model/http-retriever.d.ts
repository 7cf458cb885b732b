import type { Log } from '../ports/log.ts';
import type { Meter } from '../ports/meter.ts';
import type { Turn } from '../ports/model.ts';
import type { RetrievedDocument, Retriever } from '../ports/retriever.ts';
export interface HttpRetrieverOptions {
    readonly url: string;
    readonly timeoutMs: number;
    readonly log: Log;
    readonly meter: Meter;
}
/** Asks an HTTP service for documents (S8): where the settings say, and nowhere else. */
export declare class HttpRetriever implements Retriever {
    #private;
    constructor(options: HttpRetrieverOptions);
    retrieve(sessionId: string, query: string, messages: readonly Turn[], signal: AbortSignal): Promise<readonly RetrievedDocument[]>;
}
