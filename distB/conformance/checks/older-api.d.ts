import type { Check } from '../check.ts';
/** The older routes (H). */
export declare const olderApi: readonly Check[];
