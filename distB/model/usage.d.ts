import type { Usage } from '../ports/model.ts';
/** The counts that are known of a provider's `usage`; whatever else it holds is left behind, as it may hold anything. */
export declare function usageOf(given: object): Usage;
