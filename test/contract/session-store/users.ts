import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { exchange, newSession, read, start } from './fixtures.ts'
import type { Harness } from './harness.ts'

/** The index of a user's sessions (S6). */
export function userCases(harness: () => Harness): void {
  const store = () => harness().store
  const list = async (userId: string) => (await store().sessionsOf(userId)).map((session) => session.id)

  test("[S6] a user's sessions are listed by their latest activity, with what they are", async () => {
    const user = `ann ${randomUUID()} 漢`
    const sessions = [await newSession(store(), user), await newSession(store(), user), await newSession(store(), user)]
    const [a, b, c] = sessions.map((session) => session.id)
    await newSession(store(), `${user}x`)
    expect(await list(user)).toEqual([c, b, a])
    await exchange(store(), a ?? '')
    expect(await list(user)).toEqual([a, c, b])
    await start(store(), b ?? '')
    expect(await list(user)).toEqual([b, a, c])
    const [latest] = await store().sessionsOf(user)
    expect(latest).toEqual((await read(store(), b ?? '')).session)
    expect(await list('nobody')).toEqual([])
  })

  test('[S6] expired and cleared sessions disappear, others stay', async () => {
    const user = randomUUID()
    const [expired, cleared] = [await newSession(store(), user), await newSession(store(), user)]
    await harness().expire(expired.id)
    const alive = await newSession(store(), user)
    await store().extend(cleared.id)
    await store().clear(cleared.id)
    expect(await list(user)).toEqual([alive.id])
    await harness().expire(alive.id)
    expect(await list(user)).toEqual([])
    const next = await newSession(store(), user)
    expect(await list(user)).toEqual([next.id])
  })
}
