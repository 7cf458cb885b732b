import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify, } from 'jose';
import { BatonError } from '../protocol/errors.js';
import { userId } from '../protocol/schemas.js';
/** Never `HS*`: a public key taken for an HMAC secret would let anyone sign. */
const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** The key set was there and has no key for the token; whatever else fails while a key is looked up is the set's fault. */
const ABOUT_THE_TOKEN = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];
/** Seconds by which the clocks of the token's issuer and of this machine may differ. */
const TOLERANCE_S = 5;
const NOBODY = { user: null, expiresAt: null };
export function createAuthenticator(settings) {
    if (settings.AUTH === 'none')
        return { authenticate: async () => NOBODY };
    const claims = claimsOf(settings);
    const { JWT_SECRET, JWT_OTHER_SECRETS } = settings;
    const bySecret = JWT_SECRET === undefined ? refuse : secretVerifier([JWT_SECRET, ...JWT_OTHER_SECRETS], claims);
    const byKeySet = settings.JWT_JWKS_URL === undefined ? refuse : keySetVerifier(settings.JWT_JWKS_URL, claims);
    return {
        async authenticate(token) {
            if (token === undefined || token === '')
                throw new BatonError('unauthorized', 'token: is missing');
            try {
                // The header only chooses the verifier; each verifier has its own list of algorithms.
                const verify = decodeProtectedHeader(token).alg === 'HS256' ? bySecret : byKeySet;
                return identityOf(await verify(token), settings);
            }
            catch (thrown) {
                throw refusal(thrown);
            }
        },
    };
}
/** What a token has to say beside its signature (X3). */
function claimsOf({ JWT_AUDIENCE, JWT_ISSUER, JWT_USER_CLAIM, JWT_REQUIRE_EXP }) {
    const claims = {
        requiredClaims: JWT_REQUIRE_EXP ? [JWT_USER_CLAIM, 'exp'] : [JWT_USER_CLAIM],
        clockTolerance: TOLERANCE_S,
        ...(JWT_AUDIENCE !== undefined && { audience: JWT_AUDIENCE }),
        ...(JWT_ISSUER !== undefined && { issuer: JWT_ISSUER }),
    };
    return claims;
}
const refuse = async () => {
    throw new errors.JOSEAlgNotAllowed();
};
/** Several while one is exchanged for another: the newest first, which most tokens are signed with. */
function secretVerifier(secrets, claims) {
    const keys = secrets.map((secret) => new TextEncoder().encode(secret));
    return (token) => verifyByOneOf(keys, token, { ...claims, algorithms: ['HS256'] });
}
function keySetVerifier(url, claims) {
    const remote = createRemoteJWKSet(new URL(url));
    const keySet = async (header, token) => {
        try {
            return await remote(header, token);
        }
        catch (thrown) {
            throw ABOUT_THE_TOKEN.some((kind) => thrown instanceof kind) ? thrown : unreachable(thrown);
        }
    };
    const options = { ...claims, algorithms: ASYMMETRIC };
    return async (token) => {
        try {
            return (await jwtVerify(token, keySet, options)).payload;
        }
        catch (thrown) {
            if (!(thrown instanceof errors.JWKSMultipleMatchingKeys))
                throw thrown;
            return verifyByOneOf(thrown, token, options);
        }
    };
}
/** For a token that does not name its key. */
async function verifyByOneOf(keys, token, options) {
    for await (const key of keys) {
        try {
            return (await jwtVerify(token, key, options)).payload;
        }
        catch (thrown) {
            if (!(thrown instanceof errors.JWSSignatureVerificationFailed))
                throw thrown;
        }
    }
    throw new errors.JWSSignatureVerificationFailed();
}
function identityOf(payload, { JWT_USER_CLAIM, JWT_GROUP_CLAIM }) {
    const user = userId.safeParse(payload[JWT_USER_CLAIM]);
    if (!user.success)
        throw new BatonError('unauthorized', `token: its ${JWT_USER_CLAIM} cannot be used as a user id`);
    const group = userId.optional().safeParse(JWT_GROUP_CLAIM && payload[JWT_GROUP_CLAIM]);
    if (!group.success)
        throw new BatonError('unauthorized', `token: its ${JWT_GROUP_CLAIM} cannot be used as a group`);
    return { user: user.data, group: group.data, expiresAt: payload.exp === undefined ? null : endOf(payload.exp * 1000) };
}
/** By this machine's clock; of a token that was let in late, when the tolerance ends. */
function endOf(exp) {
    return exp > Date.now() ? exp : exp + TOLERANCE_S * 1000;
}
/** What the caller is told; never a word of the token or the key. */
function refusal(thrown) {
    if (thrown instanceof BatonError)
        return thrown;
    if (thrown instanceof errors.JWTExpired)
        return new BatonError('unauthorized', 'token: has expired', { cause: thrown });
    if (thrown instanceof errors.JWTClaimValidationFailed)
        return new BatonError('unauthorized', `token: its ${thrown.claim} is missing or not accepted`, { cause: thrown });
    return new BatonError('unauthorized', 'token: is not valid', { cause: thrown });
}
function unreachable(cause) {
    return new BatonError('overloaded', 'the keys that tokens are checked with cannot be had now', { cause });
}
//# sourceMappingURL=authenticate.js.map