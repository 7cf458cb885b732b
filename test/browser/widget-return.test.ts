import type { BrowserContext, Page } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../support/conditions.ts'
import { replicaSite } from './replica-site.ts'
import { answered, articles, ask, button, reads } from './widget-fixture.ts'

// Playwright's own default is a browser that keeps no page for the way back.
const site = replicaSite({ ignoreDefaultArgs: ['--disable-back-forward-cache'] })
let visitor: BrowserContext

beforeEach(async () => {
  site.cluster.model.say('An answer.')
  site.visits.embed({ gateway: site.cluster.urlOf(0) })
  visitor = await site.visits.visitor()
})

const sessionIn = (page: Page) => page.evaluate(() => document.querySelector('baton-launcher')?.state?.session?.id)

/** As the browser does with a tab that is not seen for long. */
async function freeze(page: Page, isFrozen: boolean): Promise<void> {
  const wire = await visitor.newCDPSession(page)
  await wire.send('Page.setWebLifecycleState', { state: isFrozen ? 'frozen' : 'active' })
  await wire.detach()
}

/** Asks, and gives how many messages there are once it is answered. */
async function say(page: Page, text: string): Promise<number> {
  const messages = (await articles(page).count()) + 2
  await ask(page, text)
  await articles(page)
    .nth(messages - 1)
    .waitFor({ state: 'attached' })
  await answered(page)
  return messages
}

/** What is said in one tab comes to the other. */
async function areInStep(one: Page, two: Page): Promise<void> {
  const said = await say(one, 'Are you there?')
  await eventually('the other has it', async () => (await articles(two).count()) === said)
  await reads(two, said - 1, 'An answer.')
  expect(await sessionIn(two)).toBe(await sessionIn(one))
}

describe('[W3] a page that comes back', () => {
  test('by the back button, as the browser kept it: with what was said meanwhile, in another conversation, too', async () => {
    const [kept, other] = [await site.visits.open(visitor), await site.visits.open(visitor)]
    await say(kept, 'First')
    for (const leaves of ['the conversation goes on', 'another one begins']) {
      await kept.evaluate(() => addEventListener('pageshow', ({ persisted }) => Reflect.set(window, 'kept', persisted)))
      await kept.goto(`${site.cluster.urlOf(0)}/playground.html`)
      if (leaves === 'another one begins') {
        await button(other, 'New conversation').click()
        await eventually('it is empty', async () => (await articles(other).count()) === 0)
      }
      await say(other, 'Meanwhile')
      await Promise.all([
        kept.waitForURL(site.visits.host.url, { waitUntil: 'commit' }),
        kept.evaluate(() => history.back()).catch(() => {}),
      ])
      expect(await kept.waitForFunction(() => Reflect.get(window, 'kept'))).toBeTruthy()
      await areInStep(other, kept)
    }
  })

  test('after the browser has frozen it: with what was said meanwhile, in another conversation, too', async () => {
    const [frozen, other] = [await site.visits.open(visitor), await site.visits.open(visitor)]
    for (const meanwhile of ['the conversation goes on', 'another one begins']) {
      await freeze(frozen, true)
      if (meanwhile === 'another one begins') {
        await button(other, 'New conversation').click()
        await eventually('it is empty', async () => (await articles(other).count()) === 0)
      }
      await say(other, 'Meanwhile')
      await freeze(frozen, false)
      await areInStep(other, frozen)
    }
  })

  test('whose browser has forgotten the frame that it was asked for meanwhile', async () => {
    const page = await site.visits.open(visitor)
    await page.evaluate(() => Reflect.set(window, 'requestAnimationFrame', () => 0))
    await ask(page, 'Are you there?')
    await reads(page, 1, 'An answer.')
  })

  test('or whose storage another tab has cleared', async () => {
    const [one, two] = [await site.visits.open(visitor), await site.visits.open(visitor)]
    await one.evaluate(() => localStorage.clear())
    await button(one, 'New conversation').click()
    await areInStep(one, two)
  })
})
