import type { ModelEnd, TokenSink } from '../ports/model.ts';
import type { EventTaker, TakeResult } from './exchange.ts';
import type { TextOutput } from './text-output.ts';
/**
 * Gathers one answer from its chunks: text, then `finish_reason`, then perhaps a chunk with the usage, then `[DONE]`. Of several choices the
 * one with index 0 counts. What is no text (a keep-alive, remarks on the prompt, a kind that nobody knows) is passed over.
 */
export declare class ChatAnswer implements EventTaker {
    #private;
    constructor(sink: TokenSink, output: TextOutput);
    get spoken(): number;
    get isFinished(): boolean;
    take(data: string, isError: boolean): TakeResult;
    end(): Promise<ModelEnd>;
}
