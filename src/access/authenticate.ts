import { decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'
import type { Settings } from '../config/settings.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { BatonError } from '../protocol/errors.ts'
import { userId } from '../protocol/schemas.ts'
import { KeySet } from './key-set.ts'

/** Who a token speaks for. */
export interface Identity {
  /** Null under AUTH=none. */
  readonly user: string | null
  /** By `JWT_GROUP_CLAIM`; undefined where that is not set, or the token has no such claim. */
  readonly group?: string | undefined
  /** Epoch milliseconds at which the token ends; null where it never does. */
  readonly expiresAt: number | null
}

export interface Authenticator {
  /**
   * Rejects with `unauthorized` where the token is missing or not valid, and with `overloaded` where the key set that
   * would tell cannot be had (X3).
   */
  authenticate(token: string | undefined): Promise<Identity>
}

type Verify = (token: string) => Promise<JWTPayload>

/** Never `HS*`: a public key taken for an HMAC secret would let anyone sign. */
const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** Seconds by which the clocks of the token's issuer and of this machine may differ. */
const TOLERANCE_S = 5
const NOBODY: Identity = { user: null, expiresAt: null }

export type AuthenticatorSettings = Pick<
  Settings,
  | 'AUTH'
  | 'JWT_SECRET'
  | 'JWT_OTHER_SECRETS'
  | 'JWT_JWKS_URL'
  | 'JWT_AUDIENCE'
  | 'JWT_ISSUER'
  | 'JWT_USER_CLAIM'
  | 'JWT_GROUP_CLAIM'
  | 'JWT_REQUIRE_EXP'
>

export function createAuthenticator(settings: AuthenticatorSettings, log: Log, clock: Clock): Authenticator {
  if (settings.AUTH === 'none') return { authenticate: async () => NOBODY }
  const claims = claimsOf(settings)
  const { JWT_SECRET, JWT_OTHER_SECRETS, JWT_JWKS_URL } = settings
  const bySecret = JWT_SECRET === undefined ? refuse : secretVerifier([JWT_SECRET, ...JWT_OTHER_SECRETS], claims)
  const byKeySet = JWT_JWKS_URL === undefined ? refuse : keySetVerifier(new KeySet(JWT_JWKS_URL, log, clock), claims)

  return {
    async authenticate(token) {
      if (token === undefined || token === '') throw new BatonError('unauthorized', 'token: is missing')
      try {
        // The header only chooses the verifier; each verifier has its own list of algorithms.
        const verify = decodeProtectedHeader(token).alg === 'HS256' ? bySecret : byKeySet
        return identityOf(await verify(token), settings)
      } catch (thrown) {
        throw refusal(thrown)
      }
    },
  }
}

/** What a token has to say beside its signature (X3). */
function claimsOf({ JWT_AUDIENCE, JWT_ISSUER, JWT_USER_CLAIM, JWT_REQUIRE_EXP }: AuthenticatorSettings) {
  const claims: JWTVerifyOptions = {
    requiredClaims: JWT_REQUIRE_EXP ? [JWT_USER_CLAIM, 'exp'] : [JWT_USER_CLAIM],
    clockTolerance: TOLERANCE_S,
    ...(JWT_AUDIENCE !== undefined && { audience: JWT_AUDIENCE }),
    ...(JWT_ISSUER !== undefined && { issuer: JWT_ISSUER }),
  }
  return claims
}

const refuse: Verify = async () => {
  throw new errors.JOSEAlgNotAllowed()
}

/** Several while one is exchanged for another: the newest first, which most tokens are signed with. */
function secretVerifier(secrets: readonly string[], claims: JWTVerifyOptions): Verify {
  const keys = secrets.map((secret) => new TextEncoder().encode(secret))
  return (token) => verifyByOneOf(keys, token, { ...claims, algorithms: ['HS256'] })
}

function keySetVerifier(keySet: KeySet, claims: JWTVerifyOptions): Verify {
  const options = { ...claims, algorithms: ASYMMETRIC }
  return async (token) => {
    try {
      return (await jwtVerify(token, (...asked) => keySet.keyFor(...asked), options)).payload
    } catch (thrown) {
      if (!(thrown instanceof errors.JWKSMultipleMatchingKeys)) throw thrown
      return verifyByOneOf(thrown, token, options)
    }
  }
}

/** For a token that does not name its key. */
async function verifyByOneOf(
  keys: AsyncIterable<CryptoKey> | Iterable<Uint8Array>,
  token: string,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  for await (const key of keys) {
    try {
      return (await jwtVerify(token, key, options)).payload
    } catch (thrown) {
      if (!(thrown instanceof errors.JWSSignatureVerificationFailed)) throw thrown
    }
  }
  throw new errors.JWSSignatureVerificationFailed()
}

function identityOf(payload: JWTPayload, { JWT_USER_CLAIM, JWT_GROUP_CLAIM }: AuthenticatorSettings): Identity {
  const user = userId.safeParse(payload[JWT_USER_CLAIM])
  if (!user.success) throw new BatonError('unauthorized', `token: its ${JWT_USER_CLAIM} cannot be used as a user id`)
  const group = userId.optional().safeParse(groupIn(payload, JWT_GROUP_CLAIM))
  if (!group.success) throw new BatonError('unauthorized', `token: its ${JWT_GROUP_CLAIM} cannot be used as a group`)
  return { user: user.data, group: group.data, expiresAt: payload.exp === undefined ? null : endOf(payload.exp * 1000) }
}

/** Some providers write the claim for every user, empty or null for one without a group. */
function groupIn(payload: JWTPayload, claim: string | undefined): unknown {
  const group = claim === undefined ? null : payload[claim]
  return group === null || group === '' ? undefined : group
}

/** By this machine's clock; of a token that was let in late, when the tolerance ends. */
function endOf(exp: number): number {
  return exp > Date.now() ? exp : exp + TOLERANCE_S * 1000
}

/** What the caller is told; never a word of the token or the key. */
function refusal(thrown: unknown): BatonError {
  if (thrown instanceof BatonError) return thrown
  if (thrown instanceof errors.JWTExpired)
    return new BatonError('unauthorized', 'token: has expired', { cause: thrown })
  if (thrown instanceof errors.JWTClaimValidationFailed)
    return new BatonError('unauthorized', `token: its ${thrown.claim} is missing or not accepted`, { cause: thrown })
  return new BatonError('unauthorized', 'token: is not valid', { cause: thrown })
}
