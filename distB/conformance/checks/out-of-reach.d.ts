import type { Check } from '../check.ts';
/** What shows on the wire, too, but only under settings, faults or loads that are not for a running gateway. */
export declare const beyond: readonly Check[];
