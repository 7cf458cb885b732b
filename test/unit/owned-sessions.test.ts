import { expect, test } from 'vitest'
import { OwnedSessions } from '../../src/conversation/failover/owned-sessions.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noMembership } from '../../src/ports/membership.ts'

test('[G6] however much is refused, the sessions that were owned are remembered, to be looked after at a failover', async () => {
  const sessions = new OwnedSessions(noMembership, 'r1.1', silentLog)
  await sessions.track('owned')
  sessions.untrack('owned')
  await sessions.track('owned and asked for')
  await sessions.track('owned and asked for')
  sessions.untrack('owned and asked for')
  sessions.untrack('owned and asked for', false)
  for (let i = 0; i < 1500; i++) {
    await sessions.track(`refused ${i}`)
    sessions.untrack(`refused ${i}`, false)
  }
  expect(sessions.ended).toEqual(['owned', 'owned and asked for'])
})
