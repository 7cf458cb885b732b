import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { draft, exchange, final, newSession, R1, read, start } from './fixtures.ts'
import type { Harness } from './harness.ts'

/** The index of a user's sessions (S6). */
export function userCases(harness: () => Harness): void {
  const store = () => harness().store
  const page = (userId: string, limit = 100, before: string | null = null) =>
    store().sessionsOf(userId, { before, limit })
  const list = async (userId: string) => (await page(userId)).sessions.map((session) => session.id)

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
    const [latest] = (await page(user, 1)).sessions
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

  test('[S6] lists come in pages, each session once, ties together, with how many there are in all', async () => {
    const user = randomUUID()
    const at = (second: number) => `2026-02-01T00:00:0${second}.000Z`
    const made = [1, 2, 3, 3, 3, 4, 5].map((second) => ({ id: randomUUID(), userId: user, createdAt: at(second) }))
    for (const session of made) await store().create(session, null)
    const pages: string[][] = []
    for (let before: string | null = null; ; ) {
      const { sessions, total } = await page(user, 2, before)
      expect(total).toBe(made.length)
      if (sessions.length === 0) break
      pages.push(sessions.map(({ createdAt }) => createdAt))
      before = sessions.at(-1)?.lastActivity ?? null
    }
    expect(pages).toEqual([
      [at(5), at(4)],
      [at(3), at(3), at(3)],
      [at(2), at(1)],
    ])
    const ids = (await page(user)).sessions.map(({ id }) => id)
    expect(ids.toSorted()).toEqual(made.map(({ id }) => id).sort())
  })

  test('[S6] none is skipped because a replica whose clock is behind wrote into one above it', async () => {
    const user = randomUUID()
    const behind = '2026-01-01T00:00:00.000Z'
    const made = [await newSession(store(), user), await newSession(store(), user), await newSession(store(), user)]
    const [a = '', b = '', c = ''] = made.map(({ id }) => id)
    const { answer, epoch } = await start(store(), c, { answer: draft('assistant', '', { createdAt: behind }) })
    await store().finish({ sessionId: c, epoch, message: final(answer, 'done'), at: behind })
    const { session: known } = await read(store(), c)
    await store().regenerate({ sessionId: c, answer: { ...answer, attempt: 2 }, owner: R1, known })
    const listed: string[] = []
    for (let before: string | null = null; ; ) {
      const { sessions } = await page(user, 1, before)
      if (sessions.length === 0) break
      listed.push(...sessions.map(({ id }) => id))
      before = sessions.at(-1)?.lastActivity ?? null
    }
    expect(listed.toSorted()).toEqual([a, b, c].toSorted())
  })

  test('[S6] a session that was taken out of the list is there again once it is refreshed', async () => {
    const user = randomUUID()
    const [a, b] = [await newSession(store(), user), await newSession(store(), user)]
    expect(await store().trimSessionsOf(user, 1, b.id)).toEqual([a.id])
    await store().extend(a.id)
    await expect.poll(() => list(user)).toEqual([b.id, a.id])
  })

  test('[X6] of many sessions too many a few are taken out at once, the oldest first', async () => {
    const user = randomUUID()
    const ids: string[] = []
    for (let i = 0; i < 20; i++) ids.push((await newSession(store(), user)).id)
    const first = await store().trimSessionsOf(user, 1, '')
    expect(first).toEqual(ids.slice(0, 16))
    expect(await store().trimSessionsOf(user, 1, '')).toEqual(ids.slice(16, 19))
  })

  test('[S6] a page is filled from below where sessions have expired, and they do not count', async () => {
    const user = randomUUID()
    const alive = await newSession(store(), user)
    const gone = [await newSession(store(), user), await newSession(store(), user), await newSession(store(), user)]
    for (const { id } of gone) await harness().expire(id)
    await store().create({ id: alive.id, userId: user, createdAt: alive.createdAt }, null)
    expect(await page(user, 1)).toMatchObject({ sessions: [{ id: alive.id }], total: 1 })
    expect(await page(user, 1)).toMatchObject({ total: 1 })
  })

  test('[X6] the oldest sessions beyond a number are taken out of the list, never a certain one', async () => {
    const user = randomUUID()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await newSession(store(), user)).id)
    const [a = '', b = '', c = '', d = '', e = ''] = ids
    await exchange(store(), a)
    expect(await store().trimSessionsOf(user, 5, e)).toEqual([])
    expect((await store().trimSessionsOf(user, 3, b)).toSorted()).toEqual([c])
    expect(await list(user)).toEqual([a, e, d, b])
    expect(await store().trimSessionsOf('nobody', 3, b)).toEqual([])
  })
}
