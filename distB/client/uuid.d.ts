/** A UUID v4. `crypto.randomUUID` is missing on pages served over plain http from anywhere but localhost. */
export declare function uuid(): string;
