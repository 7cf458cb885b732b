import { type ErrorCode } from '../../protocol/errors.ts';
import type { Check } from '../check.ts';
import type { Reply } from '../http.ts';
/** Errors and what hostile input costs (X1, X2, X5). */
export declare const errors: readonly Check[];
/** Holds a reply to the shape and status of an error. */
export declare function refused(reply: Reply, code: ErrorCode, status?: number): void;
