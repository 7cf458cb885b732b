import type { Check } from '../check.ts';
/** Tokens and origins (X3, X4). */
export declare const access: readonly Check[];
