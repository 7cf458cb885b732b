import { ModelError } from '../ports/model.ts';
/** The provider sent what its API does not allow. */
export declare function garbage(what: string): ModelError;
/** X1: the stream is over and no finish reason came. */
export declare function brokenOff(): ModelError;
/** The provider says that it did not finish the answer, with `reason` as its finish reason. */
export declare function gaveUp(reason: string): ModelError;
export declare function silent(timeoutMs: number): ModelError;
export declare function wordless(silenceMs: number): ModelError;
/**
 * What a connection that broke, or could not be made, is to the caller. The error itself is not kept as the cause, as it may quote
 * the request. Whatever else was thrown is a mistake of our own and given back as it is.
 */
export declare function connectionFailed(thrown: unknown): unknown;
/** ` (name)` where `said` is a name and not a sentence, which may quote the prompt or the key. */
export declare function asName(said: unknown): string;
