import type { Check } from '../check.ts';
/** Answers as server-sent events (H, D2, D4). */
export declare const serverEvents: readonly Check[];
