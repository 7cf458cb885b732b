/** Lists of many sessions, each a look in Redis: who asks for them again and again keeps nobody else waiting (X2, X6). */
import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Operators } from '../../src/access/operators.ts'
import type { ConversationApi } from '../../src/conversation/api.ts'
import type { Reports } from '../../src/conversation/reports.ts'
import { LargeReplies } from '../../src/network/large-replies.ts'
import { systemClock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noLimit } from '../../src/ports/rate-limiter.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { startHttp } from './http-fixture.ts'

const TOKEN = 'a-token-of-an-operator-that-is-long-enough'

/** A gateway whose users have many sessions each. Lists are given once `latch` is open; `begun` has whose were begun by then. */
async function startLists() {
  const [begun, latch] = [[] as string[], new Latch()]
  const largeReplies = new LargeReplies(systemClock)
  const asked = vi.spyOn(largeReplies, 'run')
  const at = new Date().toISOString()
  const facts = { userId: null, createdAt: at, lastActivity: at, lastSeq: 0, firstSeq: 1, ttlSeconds: 60, version: 1 }
  const list: ConversationApi['list'] = async (_caller, userId = '', { limit }) => {
    begun.push(userId)
    if (!userId.startsWith('before')) await latch.opened
    return { sessions: Array.from({ length: limit }, () => ({ id: randomUUID(), ...facts })), total: limit }
  }
  const api = { list } as ConversationApi
  const operators = new Operators([{ name: 'anna', token: TOKEN }])
  const settings = { TRUST_PROXY: ['127.0.0.1'] }
  const operated = { reports: {} as Reports, limiter: noLimit, audit: silentLog, replica: 'r1', adminDir: '/nowhere' }
  const admin = { api, operators, settings, ...operated }
  const { call } = await startHttp({ TRUST_USER_ID: '1', ADMIN_TOKEN: TOKEN }, { api, admin, largeReplies })
  onTestFinished(() => latch.open())
  return { call, begun, latch, asked }
}

test.each(['/api/chat/sessions', '/admin/api/sessions'])(
  '[X2] [X6] long lists of one address take turns at %s, and another address has its turn between them',
  async (path) => {
    const { call, begun, latch, asked } = await startLists()
    const ask = (user: string, from: string) => {
      const headers = { authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': from }
      return call('GET', `${path}?limit=1000&user_id=${user}`, undefined, headers)
    }
    const many = () => ask('mallory', '192.0.2.1')
    const waiting = (count: number) => eventually(`${count} wait`, () => asked.mock.calls.length === count)
    // Who was given a long list is among those whose replies are large.
    for (const from of ['192.0.2.1', '192.0.2.2']) expect((await ask('before', from)).status).toBe(200)
    asked.mockClear()
    begun.length = 0

    const first = Array.from({ length: 5 }, many)
    await waiting(5)
    const other = ask('ann', '192.0.2.2')
    await waiting(6)
    latch.open()
    const replies = await Promise.all([...first, other])
    expect(replies.map(({ status }) => status)).toEqual(Array(6).fill(200))
    expect(replies.at(-1)?.body).toMatchObject({ total: 1000, sessions: { length: 1000 } })
    expect(begun.slice(0, 3)).toContain('ann')
  },
)
