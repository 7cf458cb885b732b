/**
 * The member that `key` falls to, by rendezvous hashing: all who know the same members agree without a word, and the keys
 * of one that goes are spread evenly over the rest.
 */
export declare function rendezvous(key: string, members: readonly string[]): string | undefined;
