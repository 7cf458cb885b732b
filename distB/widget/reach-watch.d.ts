import type { ClientState } from '../client/index.ts';
/** Watches whether the gateway can be reached, and tells the site's own people why not: visitors are told in other words. */
export declare class ReachWatch {
    #private;
    /** There has been no connection for a while. */
    isLate: boolean;
    constructor(changed: () => void);
    watch(state: ClientState): void;
}
