import { type ConnectionOptions } from 'node:tls';
/** PEM files for connections to Redis and its Sentinels (R6). */
export interface TlsSettings {
    readonly REDIS_TLS_CERT?: string | undefined;
    readonly REDIS_TLS_KEY?: string | undefined;
    readonly REDIS_TLS_CA?: string | undefined;
}
/**
 * How to speak TLS with Redis; null where it is not spoken. It is where `REDIS_URL` says so, and where any of the files
 * is named: who names one means it. Throws `RedisUnusable`, which names the setting, where a file cannot be used.
 */
export declare function tlsOf(settings: TlsSettings, isSecureUrl: boolean): ConnectionOptions | null;
