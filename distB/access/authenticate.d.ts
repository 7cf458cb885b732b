import type { Settings } from '../config/settings.ts';
/** Who a token speaks for. */
export interface Identity {
    /** Null under AUTH=none. */
    readonly user: string | null;
    /** By `JWT_GROUP_CLAIM`; undefined where that is not set, or the token has no such claim. */
    readonly group?: string | undefined;
    /** Epoch milliseconds at which the token ends; null where it never does. */
    readonly expiresAt: number | null;
}
export interface Authenticator {
    /**
     * Rejects with `unauthorized` where the token is missing or not valid, and with `overloaded` where the key set that
     * would tell cannot be had (X3).
     */
    authenticate(token: string | undefined): Promise<Identity>;
}
export type AuthenticatorSettings = Pick<Settings, 'AUTH' | 'JWT_SECRET' | 'JWT_OTHER_SECRETS' | 'JWT_JWKS_URL' | 'JWT_AUDIENCE' | 'JWT_ISSUER' | 'JWT_USER_CLAIM' | 'JWT_GROUP_CLAIM' | 'JWT_REQUIRE_EXP'>;
export declare function createAuthenticator(settings: AuthenticatorSettings): Authenticator;
