import { StoreFault, StoreUnavailable } from '../../ports/session-store.ts';
/** Redis's reply, or, whatever went wrong on the way, `StoreUnavailable` or `StoreFault` with the cause. */
export declare function available<T>(reply: Promise<T>): Promise<T>;
/** What an error of ioredis means to the port: anything but Redis's own word that the call is impossible is an outage. */
export declare function unavailable(error: unknown): StoreUnavailable | StoreFault;
/** Whether Redis refused because its user lacks a right. */
export declare function isDenied(error: unknown): boolean;
