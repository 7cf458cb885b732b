/** The gateway does other than the contract says; the message tells what. */
export declare class Failure extends Error {
    readonly name = "Failure";
}
/** It cannot be told here whether the rule holds; the message tells why. */
export declare class Skip extends Error {
    readonly name = "Skip";
}
/** The whole run is to end: the person wants it, or its time is over. */
export declare class Aborted extends Error {
    readonly name = "Aborted";
}
/** Throws `Failure` where `holds` is false. */
export declare function ensure(holds: boolean, otherwise: string): asserts holds;
/** Throws `Failure` where the two are not the same value. */
export declare function same<T>(found: T, expected: T, what: string): void;
export declare function excerpt(value: unknown): string;
