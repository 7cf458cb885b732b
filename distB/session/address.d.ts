/** Replica id of an address: `r1` of `r1.4f2a9c`. */
export declare function replicaOf(address: string): string;
