import type { Check } from '../check.ts';
/** Deltas, snapshots and the end of answers (D, E). */
export declare const streaming: readonly Check[];
