import { type Bookmark, type Model, type ModelEnd, type ModelRequest, type TokenSink } from '../ports/model.ts';
import type { Provider } from './provider.ts';
import type { RequestFitting } from './request-fitting.ts';
export interface ResponsesOptions {
    readonly fitting: RequestFitting;
    readonly resumes: Model['resumes'];
}
/**
 * A model behind the Responses API. Where answers are to be reattached to it works in background mode: the provider goes on with
 * an answer even where nobody is connected, and only a cancellation ends the work. Otherwise, and where the provider refuses
 * that mode, dropping the request ends it (F8).
 */
export declare class ResponsesSource implements Model {
    #private;
    readonly resumes: Model['resumes'];
    constructor(provider: Provider, options: ResponsesOptions);
    generate(request: ModelRequest, sink: TokenSink, signal: AbortSignal): Promise<ModelEnd>;
    cancel({ responseId }: Pick<Bookmark, 'responseId'>): void;
    close(): Promise<void>;
}
