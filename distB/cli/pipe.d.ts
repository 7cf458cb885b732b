import type { Readable } from 'node:stream';
import type { BatonClient } from '../client/index.ts';
/** All that stands on the standard input. Throws `UsageError` where that is nothing. */
export declare function readQuestion(input: Readable): Promise<string>;
/**
 * Asks once and writes the answer, and nothing else, to the standard output: to a terminal as it comes, to a pipe when it is whole,
 * because what is in a pipe cannot be taken back where an answer starts again. Resolves with the exit code.
 */
export declare function answerPipe(client: BatonClient, question: string): Promise<number>;
