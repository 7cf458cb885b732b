import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { silence } from '../support/scripted-model.ts'

/** What the page's own `EventSource` was told, as it came. */
interface Told {
  readonly texts: { readonly attempt: number; readonly offset: number; readonly text: string }[]
  readonly final: { readonly content: string; readonly status: string } | null
  readonly opened: number
  readonly readyState: number
}

declare global {
  interface Window {
    told: Told
    source: EventSource
  }
}

const FIRST = 'the first half 四🏽, '
const REST = 'and the second one'
const WHOLE = FIRST + REST

let cluster: Cluster
let browser: Browser
let page: Page

beforeAll(async () => {
  ;[cluster, browser] = await Promise.all([startCluster({ replicas: 3, nginx: true }), launchBrowser()])
  page = await browser.newPage()
  await page.goto(cluster.urlOf('nginx'))
})
afterAll(async () => {
  await browser?.close()
  await cluster?.stop()
})

/** Makes a session, asks in it, and gives the stream's address once the answer runs, or has ended. */
async function ask(until: 'runs' | 'ended'): Promise<string> {
  const sessions = `${cluster.urlOf('nginx')}/api/chat/sessions`
  const { session_id } = (await (await fetch(sessions, { method: 'POST' })).json()) as { session_id: string }
  const asked = await fetch(`${sessions}/${session_id}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ message: 'go' }),
  })
  await (until === 'ended' ? asked.text() : asked.body?.cancel())
  return `/api/chat/sessions/${session_id}/stream`
}

async function listen(path: string): Promise<void> {
  await page.evaluate((from) => {
    const texts: Told['texts'] = []
    let final: Told['final'] = null
    let opened = 0
    const source = new EventSource(from)
    window.source = source
    source.onopen = () => {
      opened += 1
    }
    source.addEventListener('delta', ({ data }) => texts.push(JSON.parse(data)))
    source.addEventListener('message', ({ data }) => {
      final = JSON.parse(data).message
    })
    Object.defineProperty(window, 'told', {
      configurable: true,
      get: () => ({ texts, final, opened, readyState: source.readyState }),
    })
  }, path)
}

const told = () => page.evaluate(() => window.told)
const read = (text: string) =>
  page.waitForFunction((wanted) => window.told.texts.map(({ text }) => text).join('') === wanted, text)
const closed = () => page.waitForFunction(() => window.source.readyState === EventSource.CLOSED)

describe("[H] a browser's own EventSource", () => {
  test('[F2] the replica that it listens to is killed: it goes on behind its last event, and stops at the end', async () => {
    const latch = cluster.model.saysInTwo(FIRST, REST)
    await listen(await ask('runs'))
    await read(FIRST)
    const connected = (await told()).opened
    for (const replica of cluster.replicas) {
      await replica.kill()
      await replica.start()
    }
    // An answer that ends while it is away is no running one: it would be told 204, and nothing of the end (H).
    await page.waitForFunction(
      (before) => window.told.opened > before && window.told.readyState === EventSource.OPEN,
      connected,
    )
    latch.open()
    await page.waitForFunction(() => window.told.final !== null)
    await closed() // It asks once more after the end, and is told 204.
    const { texts, final, opened } = await told()
    expect(texts.map(({ text }) => text).join('')).toBe(WHOLE)
    expect(final).toMatchObject({ content: WHOLE, status: 'complete' })
    expect(opened).toBeGreaterThan(connected)
  })

  test('where no answer runs it is told so once, and is closed without an event', async () => {
    cluster.model.say('said at once')
    const path = await ask('ended')
    expect((await fetch(`${cluster.urlOf('nginx')}${path}`)).status).toBe(204)
    await listen(path)
    await closed()
    expect(await told()).toMatchObject({ texts: [], final: null, opened: 0 })
  })

  test('a stop ends it with the text so far', async () => {
    cluster.model.script(() => [FIRST, silence])
    const path = await ask('runs')
    await listen(path)
    await read(FIRST)
    const { messages } = await page.evaluate(
      async (history) => (await fetch(history)).json(),
      path.replace(/stream$/, 'history'),
    )
    const stop = `${cluster.urlOf('nginx')}${path.replace(/stream$/, `messages/${messages.at(-1).id}/stop`)}`
    expect((await fetch(stop, { method: 'POST' })).status).toBe(200)
    await closed()
    expect((await told()).final).toMatchObject({ content: FIRST, status: 'stopped' })
  })
})
