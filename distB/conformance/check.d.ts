import type { Gateway } from './gateway.ts';
/** One thing that the contract promises and that shows on the wire. */
export interface Check {
    /** The rule of docs/contract.md, such as `D2`. */
    readonly rule: string;
    /** What holds, in a sentence. */
    readonly says: string;
    /** Rejects with `Failure` where it does not hold, with `Skip` where that cannot be told here. */
    readonly run: (gateway: Gateway) => Promise<void>;
}
