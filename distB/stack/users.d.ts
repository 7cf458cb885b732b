/** A user of this machine who may do nothing, with that user's group; undefined where there is none. */
export declare function unprivilegedUser(): {
    readonly user: string;
    readonly group: string;
} | undefined;
