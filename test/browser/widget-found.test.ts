import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { Latch } from '../support/conditions.ts'
import { silence } from '../support/scripted-model.ts'
import { replicaSite } from './replica-site.ts'
import { articles, ask, button, log, reads, textBox } from './widget-fixture.ts'

const site = replicaSite()

/** Where a chat can be, and how a visitor comes to it. */
const PLACES = [
  { place: 'the launcher', attributes: 'data-launcher', body: '' },
  { place: 'a launcher with a greeting', attributes: 'data-launcher data-greeting="Hello there"', body: '' },
  { place: 'a launcher without a greeting', attributes: 'data-launcher data-greeting=""', body: '' },
  { place: 'a chat inline', attributes: '', body: '<baton-chat></baton-chat>' },
  { place: 'a lazy chat inline', attributes: '', body: '<baton-chat lazy></baton-chat>' },
  { place: 'the page', attributes: null, body: '' },
]

async function visit({ attributes, body }: (typeof PLACES)[number]): Promise<Page> {
  const gateway = site.cluster.urlOf(0)
  const visitor = await site.visits.visitor()
  if (attributes === null) {
    const page = await visitor.newPage()
    await page.goto(gateway)
    return page
  }
  site.visits.embed({ gateway, attributes, body })
  const page = await site.visits.visit(visitor)
  if (attributes.includes('data-launcher')) await button(page, 'Open chat').click()
  return page
}

/** What is there in every state. */
async function findsFrame(page: Page): Promise<void> {
  await log(page).waitFor()
  await textBox(page).waitFor()
  await button(page, 'New conversation').waitFor()
  await page.getByRole('status').waitFor()
}

describe('[W2] by role and name is found, and seen in its state,', () => {
  test.each(PLACES)('all of $place', async (place) => {
    const { model } = site.cluster
    const page = await visit(place)
    await findsFrame(page)
    await button(page, 'Send').waitFor()

    const first = new Latch()
    model.script(async function* () {
      await first.opened
      yield 'a line\n\n'.repeat(100)
      yield silence
    })
    await ask(page, 'go')
    await button(page, 'Stop').waitFor()
    await articles(page).nth(1).waitFor()
    await findsFrame(page)
    first.open()
    await reads(page, 1, 'a line')
    await page.locator('.scroller').hover()
    await page.mouse.wheel(0, -1000)
    await button(page, 'Jump to latest').click()
    await button(page, 'Stop').click()
    await button(page, 'Regenerate').waitFor()
    expect(await articles(page).nth(0).isVisible()).toBe(true)
    await button(page, 'Copy').first().waitFor()
    await button(page, 'Send').waitFor()

    await button(page, 'New conversation').click()
    await articles(page).first().waitFor({ state: 'detached' })
    await findsFrame(page)
    await button(page, 'Send').waitFor()
  })

  test('the status of a chat whose gateway cannot be reached', async () => {
    const attributes = 'data-launcher data-server="http://127.0.0.1:9"'
    site.visits.embed({ gateway: site.cluster.urlOf(0), attributes, strict: false })
    const page = await site.visits.visit(await site.visits.visitor())
    await button(page, 'Open chat').click()
    await findsFrame(page)
    site.visits.complaints.length = 0 // the browser's own, of the refusal
  })
})
