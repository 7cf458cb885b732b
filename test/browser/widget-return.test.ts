import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { answered, articles, ask, button, reads, Visits } from './widget-fixture.ts'

let cluster: Cluster
let visits: Visits
let visitor: BrowserContext

beforeAll(async () => {
  // Playwright's own default is a browser that keeps no page for the way back.
  const keepsPages = { ignoreDefaultArgs: ['--disable-back-forward-cache'] }
  ;[cluster, visits] = await Promise.all([startCluster({ env: { STORE: 'memory' } }), Visits.start(keepsPages)])
})
afterAll(async () => {
  await visits?.stop()
  await cluster?.stop()
})
beforeEach(async () => {
  cluster.model.say('An answer.')
  visits.embed({ gateway: cluster.urlOf(0) })
  visitor = await visits.visitor()
})
afterEach(() => visits.leave())

const sessionIn = (page: Page) => page.evaluate(() => document.querySelector('baton-launcher')?.state?.session?.id)

/** What is said in one tab comes to the other. */
async function areInStep(one: Page, two: Page): Promise<void> {
  await ask(one, 'Are you there?')
  await answered(one)
  const said = await articles(one).count()
  await eventually('the other has it', async () => (await articles(two).count()) === said)
  await reads(two, said - 1, 'An answer.')
  expect(await sessionIn(two)).toBe(await sessionIn(one))
}

describe('[W3] a page that comes back', () => {
  test('by the back button, as the browser kept it: with what was said meanwhile, in another conversation, too', async () => {
    const [kept, other] = [await visits.open(visitor), await visits.open(visitor)]
    await ask(kept, 'First')
    await answered(kept)
    for (const leaves of ['the conversation goes on', 'another one begins']) {
      await kept.evaluate(() => addEventListener('pageshow', ({ persisted }) => Reflect.set(window, 'kept', persisted)))
      await kept.goto(`${cluster.urlOf(0)}/playground.html`)
      if (leaves === 'another one begins') {
        await button(other, 'New conversation').click()
        await eventually('it is empty', async () => (await articles(other).count()) === 0)
      }
      await ask(other, 'Meanwhile')
      await answered(other)
      await Promise.all([
        kept.waitForURL(visits.host.url, { waitUntil: 'commit' }),
        kept.evaluate(() => history.back()).catch(() => {}),
      ])
      expect(await kept.waitForFunction(() => Reflect.get(window, 'kept'))).toBeTruthy()
      await areInStep(other, kept)
    }
  })

  test('or whose storage another tab has cleared', async () => {
    const [one, two] = [await visits.open(visitor), await visits.open(visitor)]
    await one.evaluate(() => localStorage.clear())
    await button(one, 'New conversation').click()
    await areInStep(one, two)
  })
})
