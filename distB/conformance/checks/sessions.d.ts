import type { Check } from '../check.ts';
/** Making, resuming, listing, keeping and clearing sessions (S, E). */
export declare const sessions: readonly Check[];
