/** Where a gateway is. */
export interface Address {
    /** With the prefix under which the gateway is mounted, without a slash at the end (R6). */
    readonly base: string;
    readonly origin: string;
    /** Of Socket.IO, below the origin. */
    readonly path: string;
}
/** A gateway's URL, read; relative to the page, where there is one. Throws `ClientError` where it can be no gateway's. */
export declare function addressOf(url: string): Address;
