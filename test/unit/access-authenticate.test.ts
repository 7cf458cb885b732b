import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Authenticator, type AuthenticatorSettings, createAuthenticator } from '../../src/access/authenticate.ts'
import { systemClock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { BatonError } from '../../src/protocol/errors.ts'

const SECRET = 'a secret that is long enough for HS256'
const bytes = (text: string) => new TextEncoder().encode(text)
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

function hs256(payload: JWTPayload, secret = SECRET, alg = 'HS256'): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(bytes(secret))
}

/** Lets tokens without `exp` in, unless told otherwise. */
function authenticatorWith(settings: Partial<AuthenticatorSettings>): Authenticator {
  const unset = { JWT_SECRET: undefined, JWT_JWKS_URL: undefined, JWT_AUDIENCE: undefined, JWT_ISSUER: undefined }
  const defaults = { JWT_OTHER_SECRETS: [], JWT_USER_CLAIM: 'sub', JWT_GROUP_CLAIM: undefined }
  const all = { AUTH: 'jwt', JWT_REQUIRE_EXP: false, ...unset, ...defaults, ...settings } as const
  return createAuthenticator(all, silentLog, systemClock)
}

/** The error with which a token is refused. */
async function refusalOf(authenticator: Authenticator, token: string | undefined): Promise<BatonError> {
  const thrown = await authenticator.authenticate(token).then(
    () => 'was let in',
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(BatonError)
  return thrown as BatonError
}

async function expectRefused(authenticator: Authenticator, token: string | undefined): Promise<void> {
  const { code, message, retryable } = await refusalOf(authenticator, token)
  expect({ code, retryable }).toEqual({ code: 'unauthorized', retryable: false })
  expect(message).toMatch(/^token: /)
  expect(message).not.toContain(SECRET)
  if (token !== undefined && token !== '') expect(message).not.toContain(token)
}

test('[X3] AUTH=none knows nobody, whatever the token', async () => {
  const authenticator = authenticatorWith({ AUTH: 'none', JWT_SECRET: SECRET })
  const nobody = { user: null, expiresAt: null }
  expect(await authenticator.authenticate(undefined)).toEqual(nobody)
  expect(await authenticator.authenticate('garbage')).toEqual(nobody)
  expect(await authenticator.authenticate(await hs256({ sub: 'ada' }))).toEqual(nobody)
})

describe('[X3] HS256 by JWT_SECRET', () => {
  const authenticator = authenticatorWith({ JWT_SECRET: SECRET })

  test('sub is the user, exp the end', async () => {
    const exp = inSeconds(60)
    expect(await authenticator.authenticate(await hs256({ sub: 'ada', exp }))).toEqual({
      user: 'ada',
      expiresAt: exp * 1000,
    })
    expect(await authenticator.authenticate(await hs256({ sub: 'ada' }))).toEqual({ user: 'ada', expiresAt: null })
  })

  test('an expired token is refused by name', async () => {
    const { code, message } = await refusalOf(authenticator, await hs256({ sub: 'ada', exp: inSeconds(-60) }))
    expect({ code, message }).toEqual({ code: 'unauthorized', message: 'token: has expired' })
  })

  test('no token, garbage, another secret, another algorithm, none, tampering', async () => {
    const good = await hs256({ sub: 'ada' })
    const [header = '', payload = '', signature = ''] = good.split('.')
    const other = Buffer.from(JSON.stringify({ sub: 'eve' })).toString('base64url')
    const tokens = [
      undefined,
      '',
      'garbage',
      'a.b.c',
      '...',
      'ä'.repeat(100),
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `${header}.${other}.${signature}`,
      await hs256({ sub: 'ada' }, 'another secret'),
      await hs256({ sub: 'ada' }, SECRET, 'HS512'),
      new UnsecuredJWT({ sub: 'ada' }).encode(),
      await hs256({ sub: 'ada', nbf: inSeconds(600) }),
    ]
    for (const token of tokens) await expectRefused(authenticator, token)
  })

  test('a sub that is no user id', async () => {
    for (const sub of [undefined, '', 'a{b}', 'a\nb', 'x'.repeat(300)]) {
      await expectRefused(authenticator, await hs256(sub === undefined ? {} : { sub }))
    }
    await expectRefused(authenticator, await hs256({ sub: 7 } as unknown as JWTPayload))
  })
})

test('[X3] while a secret is exchanged, tokens by the old one and by the new one are good, and by no other', async () => {
  const [next, third] = ['the next secret, which is long enough', 'a third secret, which is long enough']
  const rotating = authenticatorWith({ JWT_SECRET: next, JWT_OTHER_SECRETS: [SECRET] })
  for (const secret of [SECRET, next]) {
    expect(await rotating.authenticate(await hs256({ sub: 'ada' }, secret))).toMatchObject({ user: 'ada' })
    const { message } = await refusalOf(rotating, await hs256({ sub: 'ada', exp: inSeconds(-60) }, secret))
    expect(message).toBe('token: has expired')
  }
  await expectRefused(rotating, await hs256({ sub: 'ada' }, third))
  await expectRefused(authenticatorWith({ JWT_SECRET: next }), await hs256({ sub: 'ada' }))
})

test('[X3] JWT_USER_CLAIM names the claim that has the user', async () => {
  const claim = 'https://id.example/user'
  const authenticator = authenticatorWith({ JWT_SECRET: SECRET, JWT_USER_CLAIM: claim })
  const token = await hs256({ sub: 'account-7', [claim]: 'ada' })
  expect(await authenticator.authenticate(token)).toMatchObject({ user: 'ada' })
  const { message } = await refusalOf(authenticator, await hs256({ sub: 'account-7' }))
  expect(message).toBe(`token: its ${claim} is missing or not accepted`)
  await expectRefused(authenticator, await hs256({ sub: 'account-7', [claim]: { id: 7 } }))
  const odd = authenticatorWith({ JWT_SECRET: SECRET, JWT_USER_CLAIM: 'constructor' })
  await expectRefused(odd, await hs256({ sub: 'ada' }))
})

test('JWT_GROUP_CLAIM names the claim that has the group; a token without it has none', async () => {
  const authenticator = authenticatorWith({ JWT_SECRET: SECRET, JWT_GROUP_CLAIM: 'org' })
  const identity = async (payload: JWTPayload) => authenticator.authenticate(await hs256(payload))
  expect(await identity({ sub: 'ada', org: 'acme' })).toMatchObject({ user: 'ada', group: 'acme' })
  expect((await identity({ sub: 'ada' })).group).toBeUndefined()
  for (const none of [null, '']) expect(await identity({ sub: 'ada', org: none })).toMatchObject({ user: 'ada' })
  for (const odd of [['acme'], 0, false]) await expectRefused(authenticator, await hs256({ sub: 'ada', org: odd }))
})

describe('[X3] what a token has to say', () => {
  const exp = inSeconds(60)

  test('when it ends, unless JWT_REQUIRE_EXP=0', async () => {
    const strict = authenticatorWith({ JWT_SECRET: SECRET, JWT_REQUIRE_EXP: true })
    await expectRefused(strict, await hs256({ sub: 'ada' }))
    expect((await refusalOf(strict, await hs256({ sub: 'ada' }))).message).toContain('exp')
    await expectRefused(strict, await hs256({ sub: 'ada', exp: 'soon' } as unknown as JWTPayload))
    expect(await strict.authenticate(await hs256({ sub: 'ada', exp }))).toMatchObject({ user: 'ada' })
  })

  test('whom it is for and who made it, where that is set', async () => {
    const picky = authenticatorWith({ JWT_SECRET: SECRET, JWT_AUDIENCE: 'baton', JWT_ISSUER: 'https://id.example' })
    const good = { sub: 'ada', aud: 'baton', iss: 'https://id.example' }
    expect(await picky.authenticate(await hs256(good))).toMatchObject({ user: 'ada' })
    expect(await picky.authenticate(await hs256({ ...good, aud: ['other', 'baton'] }))).toMatchObject({ user: 'ada' })
    const { aud: _aud, ...nobody } = good
    const { iss: _iss, ...unsigned } = good
    for (const wrong of [{ ...good, aud: 'other' }, { ...good, iss: 'https://evil.example' }, nobody, unsigned]) {
      await expectRefused(picky, await hs256(wrong))
    }
  })

  test('clocks may differ by 5 s', async () => {
    const authenticator = authenticatorWith({ JWT_SECRET: SECRET })
    const late = inSeconds(-2)
    expect(await authenticator.authenticate(await hs256({ sub: 'ada', exp: late }))).toMatchObject({
      expiresAt: (late + 5) * 1000,
    })
    await authenticator.authenticate(await hs256({ sub: 'ada', nbf: inSeconds(3), exp }))
    await expectRefused(authenticator, await hs256({ sub: 'ada', exp: inSeconds(-6) }))
    await expectRefused(authenticator, await hs256({ sub: 'ada', nbf: inSeconds(8), exp }))
  })
})

describe('[X3] a key set by JWT_JWKS_URL', () => {
  let server: Server
  let url: string
  let requests = 0
  let keys: JWK[] = []
  let rsa: { privateKey: CryptoKey; publicKey: CryptoKey }
  let ec: { privateKey: CryptoKey; publicKey: CryptoKey }
  let stranger: { privateKey: CryptoKey; publicKey: CryptoKey }

  beforeAll(async () => {
    rsa = await generateKeyPair('RS256')
    ec = await generateKeyPair('ES256')
    stranger = await generateKeyPair('RS256')
    keys = [
      { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', alg: 'RS256' },
      { ...(await exportJWK(ec.publicKey)), kid: 'ec', alg: 'ES256' },
    ]
    server = createServer((_request, response) => {
      requests += 1
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`
  })
  afterAll(
    () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  )

  const signed = (key: CryptoKey, header: { alg: string; kid?: string }, payload: JWTPayload = { sub: 'ada' }) =>
    new SignJWT(payload).setProtectedHeader(header).sign(key)
  const byKeySet = () => authenticatorWith({ JWT_JWKS_URL: url })

  test('RS256 and ES256, with and without the name of the key; the set is fetched once', async () => {
    const authenticator = byKeySet()
    requests = 0
    for (const token of [
      await signed(rsa.privateKey, { alg: 'RS256', kid: 'rsa' }),
      await signed(rsa.privateKey, { alg: 'RS256' }),
      await signed(ec.privateKey, { alg: 'ES256', kid: 'ec' }),
      await signed(ec.privateKey, { alg: 'ES256' }),
    ]) {
      expect(await authenticator.authenticate(token)).toEqual({ user: 'ada', expiresAt: null })
    }
    expect(requests).toBe(1)
  })

  test('a token that names no key where several fit', async () => {
    const second = await generateKeyPair('RS256')
    const before = keys
    keys = [...keys, { ...(await exportJWK(second.publicKey)), kid: 'rsa-2', alg: 'RS256' }]
    try {
      const authenticator = byKeySet()
      for (const key of [rsa.privateKey, second.privateKey]) {
        expect(await authenticator.authenticate(await signed(key, { alg: 'RS256' }))).toMatchObject({ user: 'ada' })
      }
      await expectRefused(authenticator, await signed(stranger.privateKey, { alg: 'RS256' }))
    } finally {
      keys = before
    }
  })

  test('a stranger’s key, an unknown key, an expired token', async () => {
    const authenticator = byKeySet()
    await expectRefused(authenticator, await signed(stranger.privateKey, { alg: 'RS256', kid: 'rsa' }))
    await expectRefused(authenticator, await signed(stranger.privateKey, { alg: 'RS256', kid: 'unknown' }))
    const expired = await signed(rsa.privateKey, { alg: 'RS256', kid: 'rsa' }, { sub: 'ada', exp: inSeconds(-60) })
    await expectRefused(authenticator, expired)
  })

  test('the public key as an HMAC secret opens nothing', async () => {
    const pem = await exportSPKI(rsa.publicKey)
    const jwk = JSON.stringify(await exportJWK(rsa.publicKey))
    const both = authenticatorWith({ JWT_SECRET: SECRET, JWT_JWKS_URL: url })
    for (const authenticator of [byKeySet(), both]) {
      for (const secret of [pem, pem.trim(), jwk]) {
        for (const alg of ['HS256', 'HS384', 'HS512']) {
          await expectRefused(authenticator, await hs256({ sub: 'ada' }, secret, alg))
        }
      }
      await expectRefused(authenticator, new UnsecuredJWT({ sub: 'ada' }).encode())
    }
  })

  test('a symmetric key in the set is never used', async () => {
    const before = keys
    keys = [...keys, { kty: 'oct', k: Buffer.from(SECRET).toString('base64url'), kid: 'oct', alg: 'HS256' }]
    try {
      const token = await new SignJWT({ sub: 'ada' })
        .setProtectedHeader({ alg: 'HS256', kid: 'oct' })
        .sign(bytes(SECRET))
      await expectRefused(byKeySet(), token)
    } finally {
      keys = before
    }
  })

  test('secret and key set side by side', async () => {
    const both = authenticatorWith({ JWT_SECRET: SECRET, JWT_JWKS_URL: url })
    expect(await both.authenticate(await hs256({ sub: 'ada' }))).toMatchObject({ user: 'ada' })
    expect(await both.authenticate(await signed(ec.privateKey, { alg: 'ES256', kid: 'ec' }))).toMatchObject({
      user: 'ada',
    })
  })

  test('a key set that cannot be had is no fault of the token', async () => {
    const broken = createServer((_request, response) => response.writeHead(500).end('out of order'))
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`
    const token = await signed(rsa.privateKey, { alg: 'RS256', kid: 'rsa' })
    const by = (address: string) => authenticatorWith({ JWT_JWKS_URL: address })
    expect(await refusalOf(by(`${origin}/jwks`), token)).toMatchObject({ code: 'overloaded', retryable: true })
    await new Promise((resolve) => {
      broken.close(resolve)
      broken.closeAllConnections()
    })
    expect(await refusalOf(by(`${origin}/jwks`), token)).toMatchObject({ code: 'overloaded', retryable: true })
  })
})
