/** What a replica is made from. */
export interface Build {
    readonly version: string;
    /** The number of what it writes into Redis and sends to other replicas (G8). */
    readonly protocol: number;
}
