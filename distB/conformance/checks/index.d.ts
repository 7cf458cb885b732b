import type { Check } from '../check.ts';
/** Every check, in the order in which they run. */
export declare const checks: readonly Check[];
