import { type Model, type ModelEnd, type ModelRequest, type TokenSink } from '../ports/model.ts';
import { type ContinueStyle } from './continuation.ts';
import type { Provider } from './provider.ts';
import type { RequestFitting } from './request-fitting.ts';
export interface ChatOptions {
    readonly fitting: RequestFitting;
    readonly resumes: Model['resumes'];
    readonly continues: ContinueStyle;
}
/** A model behind the Chat Completions API. Dropping the request is what ends its work. */
export declare class ChatSource implements Model {
    #private;
    readonly resumes: Model['resumes'];
    constructor(provider: Provider, options: ChatOptions);
    generate(request: ModelRequest, sink: TokenSink, signal: AbortSignal): Promise<ModelEnd>;
    /** Nothing to do: dropping the stream was the end of it. */
    cancel(): void;
    close(): Promise<void>;
}
