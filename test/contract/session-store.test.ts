import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerCases } from './session-store/answering.ts'
import { attemptCases } from './session-store/attempts.ts'
import { beginCases } from './session-store/beginning.ts'
import {
  clusterHarness,
  type Harness,
  hasValkey,
  memoryHarness,
  redisHarness,
  valkeyHarness,
} from './session-store/harness.ts'
import { reconcileCases } from './session-store/reconciling.ts'
import { sessionCases } from './session-store/sessions.ts'
import { userCases } from './session-store/users.ts'

// One suite for every implementation of the port: a guarantee that only one of them keeps is none.
describe.each([
  { place: 'memory', backend: 'memory', make: memoryHarness },
  { place: 'Redis', backend: 'redis', make: redisHarness },
  { place: 'a Redis Cluster', backend: 'redis', make: clusterHarness },
  ...(hasValkey ? [{ place: 'Valkey', backend: 'redis', make: valkeyHarness }] : []),
])('the session store in $place', ({ backend, make }) => {
  let harness: Harness
  beforeAll(async () => {
    harness = await make()
  })
  afterAll(() => harness?.close())

  test('[M1] it says where it keeps what it stores', () => {
    expect(harness.store.backend).toBe(backend)
  })
  sessionCases(() => harness)
  beginCases(() => harness)
  answerCases(() => harness)
  attemptCases(() => harness)
  reconcileCases(() => harness)
  userCases(() => harness)
})

if (!hasValkey) test('the session store in Valkey', ({ skip }) => skip('there is no valkey-server on this system'))
