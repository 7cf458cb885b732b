import { type Target } from './gateway.ts';
export interface Result {
    readonly rule: string;
    readonly says: string;
    readonly result: 'passed' | 'failed' | 'skipped';
    /** Absent where it passed. */
    readonly why?: string;
    /** Milliseconds that the check took. */
    readonly ms: number;
}
export interface SuiteOptions {
    /** Codes of rules (`D3`) or groups (`D`); all where empty. */
    readonly only: readonly string[];
    /** Ends the run: the check that runs and those to come are skipped. */
    readonly signal: AbortSignal;
    readonly onResult: (result: Result) => void;
}
/** The rules that have a check, in the order of the checks. */
export declare const checkedRules: readonly string[];
/**
 * Holds a running gateway to the contract, one check after the other. Rejects with `Failure` where nobody answers, with `Refused`
 * where the gateway does not let it in.
 */
export declare function runSuite(target: Target, { only, signal, onResult }: SuiteOptions): Promise<Result[]>;
export declare function isWanted(rule: string, only: readonly string[]): boolean;
