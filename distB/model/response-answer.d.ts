import { type Bookmark, type ModelEnd, ModelError, type TokenSink } from '../ports/model.ts';
import type { EventTaker, TakeResult } from './exchange.ts';
/** A response that an earlier stream began cannot be reattached to: the provider no longer knows it, or it came to nothing. */
export declare class LostResponse extends ModelError {
    /** Whether the provider may still be at work on it. */
    readonly mayRun: boolean;
    constructor(mayRun: boolean);
}
/** Gathers one answer from the events of a response. */
export declare class ResponseAnswer implements EventTaker {
    #private;
    /** Whether the provider works on it even where nobody is connected. */
    isBackground: boolean;
    /**
     * `bookmark` is where an earlier stream of the same response stopped; `stored` is the text that came from it, or that a new
     * response continues.
     */
    constructor(sink: TokenSink, bookmark: Bookmark | null, stored: string, isBackground: boolean);
    get spoken(): number;
    get isFinished(): boolean;
    /** Whether somebody else could reattach to the response. */
    get bookmarked(): boolean;
    /** The id of a background response that runs on although nobody can go on with it; null where there is none. */
    get orphan(): string | null;
    take(data: string, isError: boolean): TakeResult;
    end(): Promise<ModelEnd>;
    /**
     * Nobody wants the answer any more: the sink gets nothing from now on, and `then` is called with the response's id, at once where
     * it is known, else when it comes. Tells whether it is known.
     */
    leave(then: (responseId: string) => void): boolean;
}
