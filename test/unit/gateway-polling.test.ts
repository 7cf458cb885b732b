/** A gateway that lets clients poll (POLLING=1), whose time stands still until a test moves it. */
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { noLimit, type RateLimiter } from '../../src/ports/rate-limiter.ts'
import type { Message } from '../../src/protocol/message.ts'
import { type Scene, startBareGateway } from '../support/bare-gateway.ts'
import { within } from '../support/conditions.ts'
import { refusalOf } from '../support/raw-client.ts'

const start = (scene: Omit<Scene, 'env'> = {}) =>
  startBareGateway({ ...scene, env: { POLLING: '1', ALLOWED_ORIGINS: 'https://good.example' } })

const FULL: RateLimiter = { ...noLimit, take: async () => 1500 }
const BROKEN: RateLimiter = { ...noLimit, take: () => Promise.reject(new Error('a bug')) }

test.each([
  ['[X4] a page of another origin', {}, 'https://evil.example', 403, 'forbidden', null],
  ['[X5] an address with too many connections', { connectLimiter: FULL }, undefined, 429, 'rate_limited', '2'],
  ['[F5] whoever comes to a replica that is going', {}, undefined, 503, 'overloaded', '1'],
  ['[X6] whoever comes upon a bug', { connectLimiter: BROKEN }, undefined, 500, 'internal', null],
] as const)(
  '[X1] %s is refused alike, by WebSocket and by polling',
  async (_, scene, origin, status, code, retryAfter) => {
    const { gateway, url } = await start(scene)
    if (status === 503) await gateway.drain(0)
    const headers: Record<string, string> = origin === undefined ? {} : { origin }
    const polled = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers })
    const body = await polled.json()
    expect([polled.status, polled.headers.get('retry-after')]).toEqual([status, retryAfter])
    expect(body).toMatchObject({ error: { code } })
    const upgrade = await refusalOf(url, headers)
    expect([upgrade.response.statusCode, upgrade.response.headers['retry-after'] ?? null]).toEqual([status, retryAfter])
    expect(upgrade.body).toEqual(body)
  },
)

/** A client that polls only when a test says so. */
class Poller {
  url: string

  static async join(gateway: string): Promise<Poller> {
    const url = `${gateway}/socket.io/?EIO=4&transport=polling`
    const opened = await (await fetch(url)).text()
    const poller = new Poller(`${url}&sid=${JSON.parse(opened.slice(1)).sid}`)
    await poller.post('40')
    return poller
  }

  private constructor(url: string) {
    this.url = url
  }

  /** Whether it was taken: not once the connection is closed. */
  async post(packets: string): Promise<boolean> {
    const response = await fetch(this.url, { method: 'POST', body: packets }).catch(() => null)
    await response?.text()
    return response?.status === 200
  }

  async poll(): Promise<string> {
    return (await fetch(this.url)).text()
  }

  /** Polls, and takes no more of the reply than that it begins. */
  async begin(): Promise<IncomingMessage> {
    const request = get(this.url, { agent: false })
    onTestFinished(() => void request.destroy())
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    return response
  }
}

const SESSION = '5d8b7d26-4f3c-4f7e-9a43-0f6a4a3f7f10'
const HISTORY = `["session:history",{"sessionId":"${SESSION}"}]`

const session = { id: SESSION, userId: null, createdAt: '', lastActivity: '', messageCount: 0, ttlSeconds: 1 }

const messageOf = (seq: number, content: string): Message => ({
  id: `m${seq}`,
  seq,
  role: 'user',
  content,
  status: 'complete',
  attempt: 1,
  createdAt: '2026-03-01T12:00:00.000Z',
  metadata: {},
})

test('[X6] a client that posts and never polls is closed once it has taken nothing for 30 s, one that polls now and then is not', async () => {
  const { clock, cuts, url } = await start()
  const [silent, slow] = await Promise.all([Poller.join(url), Poller.join(url)])
  for (let i = 0; i < 4; i++) {
    await clock.advance(9_000)
    expect(await slow.poll()).not.toBe('')
    for (const poller of [silent, slow])
      expect(await poller.post('3\x1e420["x",{}]'), 'it is alive').toBe(i < 3 || poller === slow)
  }
  expect(await slow.post('3')).toBe(true)
  expect(cuts).toHaveLength(1)
})

test('[X6] what a client that polls has sent, and nobody has begun, is bounded', async () => {
  const { url } = await start()
  const poller = await Poller.join(url)
  const packet = `42["x","${'y'.repeat(100_000)}"]`
  expect(await poller.post(packet)).toBe(true)
  expect(await poller.post(packet)).toBe(true)
  await poller.post(packet)
  expect(await poller.post('3')).toBe(false)
})

test('[D6] no more events are queued for a client that does not poll than for one that does not read', async () => {
  let tell = (_message: Message): void => expect.unreachable('the session is open')
  const { url } = await start({
    api: {
      async open(_caller, _request, subscriberOf) {
        const subscriber = subscriberOf?.(SESSION)
        tell = (message) => subscriber?.message({ sessionId: SESSION, message })
        const subscription = { session, messages: [], close() {} }
        return { session, resumed: false, after: 0, messages: [], replica: 'r1', backend: 'memory', subscription }
      },
    },
  })
  const poller = await Poller.join(url)
  await poller.poll()
  const opened = poller.poll()
  await poller.post('420["session:open",{}]')
  expect(await opened).toMatch('430[{"ok":true')
  for (let seq = 1; seq <= 20; seq++) tell(messageOf(seq, 'x'.repeat(10_000)))
  expect((await poller.poll()).length).toBeLessThan(50_000)
})

describe('[X6] a client that polls and does not read the reply', () => {
  /** By far more than the kernel takes. */
  const LONG = { messages: [messageOf(1, 'x'.repeat(2 ** 24))], hasMore: false }

  /** `naming` stands in its requests before the id of the connection. */
  async function unread(naming = '') {
    const scene = await start({ api: { history: async () => ({ ...LONG, session }) } })
    const poller = await Poller.join(scene.url)
    await poller.poll()
    await poller.post(`420${HISTORY}`)
    poller.url = poller.url.replace('&sid=', `${naming}&sid=`)
    return { ...scene, poller, reply: await poller.begin() }
  }

  test.each([
    ['', ''],
    [', though its polls name another connection as well', '&sid=junk'],
  ])('is closed once it has taken nothing for 30 s%s', async (_, naming) => {
    const { clock, cuts, poller } = await unread(naming)
    await clock.advance(29_000)
    expect(await poller.post('3')).toBe(true)
    await clock.advance(2_000)
    expect(cuts).toHaveLength(1)
    expect(await poller.post('3')).toBe(false)
  })

  test('is given no other until it has', async () => {
    const { poller, reply } = await unread()
    let next = ''
    const polled = poller.poll().then((text) => {
      next = text
    })
    for (let i = 0; i < 5; i++) expect(await poller.post(`42${i}["x",{}]`)).toBe(true)
    expect(next).toBe('')
    expect((await fetch(poller.url)).status, 'one poll waits, as Engine.IO has it').toBe(400)
    reply.resume()
    await within('the next reply', polled)
    expect(next).toMatch('430[{"ok":false')
  })

  test('may leave while another poll of it waits: the next is answered', async () => {
    const { poller, reply } = await unread()
    const left = new AbortController()
    const waiting = fetch(poller.url, { signal: left.signal }).catch(() => null)
    await poller.post('421["x",{}]')
    left.abort()
    await waiting
    await poller.post('422["x",{}]')
    reply.resume()
    await once(reply, 'end')
    expect(await within('the next reply', poller.poll())).toMatch('431[{"ok":false')
  })
})
