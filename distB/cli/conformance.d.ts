/** `baton conformance`. Resolves with the exit code. */
export declare function main(args: readonly string[]): Promise<number>;
