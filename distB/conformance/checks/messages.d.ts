import type { Check } from '../check.ts';
/** Messages, their acknowledgement and their repetition (M, E). */
export declare const messages: readonly Check[];
