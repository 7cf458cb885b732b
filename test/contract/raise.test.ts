import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { exchange, final, item, newSession, nextTime, R1, R2, R3, read, start } from './session-store/fixtures.ts'
import { clusterHarness, type Harness, memoryHarness, redisHarness } from './session-store/harness.ts'

/** Raising an answer's attempt with its content unchanged (G4), in every implementation. */
describe.each([
  { backend: 'memory', make: memoryHarness },
  { backend: 'Redis', make: redisHarness },
  { backend: 'a Redis Cluster', make: clusterHarness },
])('raising an attempt in $backend', ({ make }) => {
  let harness: Harness
  beforeAll(async () => {
    harness = await make()
  })
  afterAll(() => harness?.close())
  const store = () => harness.store
  const raised = (message: Message): Message => ({ ...message, attempt: message.attempt + 1 })

  test('[G4] an answer that has ended: only its attempt changes, and the version rises', async () => {
    const { id } = await newSession(store(), 'ann', R2)
    const { message, finished } = await exchange(store(), id, 'Grüße 👍')
    const before = await read(store(), id)
    const request = { sessionId: id, version: finished.version, message: raised(message) }
    expect(await store().raise(request)).toEqual({ kind: 'raised', watchers: [R2] })
    const after = await read(store(), id)
    expect(after.messages).toEqual([before.messages?.[0], raised(message)])
    expect(after.session).toEqual({ ...before.session, version: finished.version + 1 })
    expect(after.running).toBeNull()
  })

  test('[G4] again, after a lost reply: the same is told and nothing changes', async () => {
    const { id } = await newSession(store(), null, R2)
    const { message, finished } = await exchange(store(), id)
    const request = { sessionId: id, version: finished.version, message: raised(message) }
    const first = await store().raise(request)
    const once = await read(store(), id)
    expect(await store().raise(request)).toEqual(first)
    expect(await read(store(), id)).toEqual(once)
    await exchange(store(), id)
    expect((await store().raise(request)).kind, 'also when there is more by now').toBe('raised')
  })

  test('[G4] [F1] a running answer keeps its owner and its text, under a new epoch', async () => {
    const { id } = await newSession(store(), null, R3)
    const { epoch, answer } = await start(store(), id, { owner: R2 })
    const bookmark = { responseId: 'resp_1', sequence: 4 }
    await store().append([item(id, epoch, 0, '漢字 ', { bookmark })])
    const request = { sessionId: id, version: epoch, message: raised(answer) }
    expect(await store().raise(request)).toEqual({ kind: 'raised', watchers: [R3] })
    expect((await read(store(), id)).running).toMatchObject({
      messageId: answer.id,
      owner: R2,
      attempt: 2,
      epoch: epoch + 1,
      text: '漢字 ',
      takeovers: 0,
      bookmark,
    })
    expect(await store().append([item(id, epoch, 7, 'stale')])).toEqual(['fenced'])
    expect(await store().keep([{ sessionId: id, epoch }])).toEqual([null])
    expect(await store().append([item(id, epoch + 1, 7, 'on')])).toEqual(['stored'])
    const message = final(raised(answer), '漢字 on')
    expect((await store().finish({ sessionId: id, epoch, message, at: nextTime() })).kind).toBe('fenced')
    expect((await store().finish({ sessionId: id, epoch: epoch + 1, message, at: nextTime() })).kind).toBe('finished')
    expect((await read(store(), id)).messages?.[1]).toEqual(message)
  })

  test('[G4] a running answer that was raised can be claimed, and counts what its owner added', async () => {
    const { id } = await newSession(store())
    const { epoch, answer } = await start(store(), id, { owner: R2 })
    await store().append([item(id, epoch, 0, 'two')])
    await store().raise({ sessionId: id, version: epoch, message: raised(answer) })
    expect(await store().claim({ sessionId: id, epoch, owner: R1 })).toEqual({ kind: 'fenced' })
    expect(await store().claim({ sessionId: id, epoch: epoch + 1, owner: R1 })).toMatchObject({
      kind: 'claimed',
      running: { text: 'two', attempt: 2, contributors: ['r2'], takeovers: 1 },
      message: raised(answer),
    })
  })

  test('[G4] an answer that is not the last: the running one is left alone', async () => {
    const { id } = await newSession(store())
    const { message } = await exchange(store(), id)
    const { epoch } = await start(store(), id)
    await store().append([item(id, epoch, 0, 'text')])
    expect((await store().raise({ sessionId: id, version: epoch, message: raised(message) })).kind).toBe('raised')
    const { messages, running } = await read(store(), id)
    expect(messages?.[1]).toEqual(raised(message))
    expect(running).toMatchObject({ epoch, attempt: 1, text: 'text' })
    expect(await store().append([item(id, epoch, 4, ' more')])).toEqual(['stored'])
  })

  test('[G4] a session that has changed since, or is gone, is a conflict', async () => {
    const { id } = await newSession(store())
    const { message, finished } = await exchange(store(), id)
    await exchange(store(), id)
    const request = { sessionId: id, version: finished.version, message: raised(message) }
    expect(await store().raise(request)).toEqual({ kind: 'conflict' })
    expect((await read(store(), id)).messages?.[1]).toEqual(message)
    await store().clear(id)
    expect(await store().raise(request)).toEqual({ kind: 'conflict' })
    expect(await store().read(id, 0), 'and nothing was made').toBeNull()
  })

  test('[S3] raising gives the session its whole TTL', async () => {
    const { id } = await newSession(store())
    const { message, finished } = await exchange(store(), id)
    await harness.age(id)
    await store().raise({ sessionId: id, version: finished.version, message: raised(message) })
    await harness.age(id)
    expect(await store().read(id, 0)).not.toBeNull()
  })
})
