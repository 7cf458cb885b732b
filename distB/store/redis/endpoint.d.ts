import type { ConnectionOptions } from 'node:tls';
import { type TlsSettings } from './tls.ts';
/** Settings that tell where Redis is (R4). */
export interface RedisSettings extends TlsSettings {
    /** One URL, or several of a Cluster. */
    readonly REDIS_URL: readonly string[];
    /** `host:port` of each; where there are any, they name the Redis to use, and `REDIS_URL` gives at most its credentials. */
    readonly REDIS_SENTINELS?: readonly string[];
    readonly REDIS_MASTER?: string;
    /** The Sentinels' own, where they ask for one. */
    readonly REDIS_SENTINEL_PASSWORD?: string | undefined;
    /** Goes before every key and channel. */
    readonly KEY_PREFIX?: string;
    /** Copies that must hold a message before it is acknowledged as persisted. */
    readonly REDIS_WAIT?: number;
}
export interface Address {
    readonly host: string;
    readonly port: number;
}
/** How to sign in. */
export interface Credentials {
    readonly username?: string;
    readonly password?: string;
    readonly db?: number;
    readonly tls?: ConnectionOptions;
}
/** What ioredis is to know of a Sentinel group. */
export interface SentinelOptions {
    readonly sentinels: Address[];
    readonly name: string;
    readonly sentinelCommandTimeout: number;
    readonly sentinelPassword?: string;
    readonly sentinelTLS?: ConnectionOptions;
    readonly enableTLSForSentinelMode?: boolean;
}
/** Where Redis is and how to sign in. */
export type Endpoint = Readonly<{
    name: string;
    credentials: Credentials;
}> & ({
    readonly kind: 'node';
    readonly url: string;
} | {
    readonly kind: 'sentinel';
    readonly options: SentinelOptions;
} | {
    readonly kind: 'cluster';
    readonly nodes: readonly Address[];
});
/** Throws `RedisUnusable` where the settings name what cannot be. */
export declare function endpointOf(settings: RedisSettings): Endpoint;
