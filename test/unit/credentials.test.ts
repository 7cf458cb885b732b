import { SignJWT } from 'jose'
import type { Socket } from 'socket.io'
import { expect, test } from 'vitest'
import { createAuthenticator } from '../../src/access/authenticate.ts'
import { readSettings } from '../../src/config/settings.ts'
import { Credentials } from '../../src/gateway/credentials.ts'
import { silentLog } from '../../src/ports/log.ts'
import { HandClock } from '../support/hand-clock.ts'

const SECRET = 'a secret of the tests alone, long enough'

test('[X3] a token that is renewed while its connection ends keeps nothing of it until that token ends', async () => {
  const clock = new HandClock()
  const authenticator = createAuthenticator(readSettings({ AUTH: 'jwt', JWT_SECRET: SECRET }), silentLog, clock)
  const token = await new SignJWT({ sub: 'ann' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('10y')
    .sign(new TextEncoder().encode(SECRET))
  const socket = { connected: true }
  const deps = { clock, authenticator, expiring() {}, expired() {} }
  const credentials = new Credentials(socket as Socket, { user: 'ann', expiresAt: clock.wallTime() + 60_000 }, deps)
  const renewing = credentials.renew({ token })
  socket.connected = false
  credentials.close()
  await renewing
  expect(clock.pending).toBe(0)
})
