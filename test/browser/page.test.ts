import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

let cluster: Cluster
let browser: Browser
let context: BrowserContext
let complaints: string[]

beforeAll(async () => {
  ;[cluster, browser] = await Promise.all([startCluster({ replicas: 3, nginx: true }), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await cluster?.stop()
})
beforeEach(async () => {
  complaints = []
  context = await contextOf()
})
afterEach(async () => {
  await context.close()
  expect(complaints).toEqual([])
})

async function contextOf(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const created = await browser.newContext(options)
  created.setDefaultTimeout(15_000)
  // A violation of the page's own content security policy is an error on the console, too.
  created.on('weberror', (error) => complaints.push(String(error.error())))
  created.on('console', (line) => {
    const lostConnection = /WebSocket connection to|ERR_INTERNET_DISCONNECTED/.test(line.text())
    if (line.type() === 'error' && !lostConnection) complaints.push(line.text())
  })
  return created
}

async function openPage(inside = context): Promise<Page> {
  const page = await inside.newPage()
  await page.goto(cluster.urlOf('nginx'))
  await connected(page)
  return page
}

const connected = (page: Page) =>
  page
    .getByRole('status')
    .filter({ hasText: /^Connected$/ })
    .waitFor()
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const articles = (page: Page) => page.getByRole('log', { name: 'Conversation' }).getByRole('article')
const textBox = (page: Page) => page.getByRole('textbox', { name: 'Message' })

async function ask(page: Page, text: string): Promise<void> {
  await textBox(page).fill(text)
  await textBox(page).press('Enter')
}

/** Resolves once message `number` (from 0) reads `text`, white space aside. */
async function reads(page: Page, number: number, text: string | RegExp): Promise<void> {
  await articles(page).nth(number).locator('.body').filter({ hasText: text }).waitFor()
}

test('[W5] the page is the widget: an example asks for the visitor, a reload keeps, New conversation begins', async () => {
  cluster.model.say('an **answer**')
  const page = await openPage()
  const session = () => page.evaluate(() => localStorage.getItem('baton:session'))
  const welcome = page.getByRole('heading', { name: 'Chat whose answers outlive' })
  await welcome.waitFor()
  await page.getByRole('button', { name: 'Tell me a long story.' }).click()
  await reads(page, 1, 'an answer')
  await welcome.waitFor({ state: 'hidden' })
  const first = await session()
  await page.reload()
  await reads(page, 1, 'an answer')
  expect(await articles(page).locator('.body').allInnerTexts()).toEqual(['Tell me a long story.', 'an answer'])
  await button(page, 'New conversation').click()
  await welcome.waitFor()
  await connected(page)
  expect(await articles(page).count()).toBe(0)
  expect(await session()).not.toBe(first)
})

test('[W5] on a small phone an empty conversation is at its beginning, also one that is begun after a long one', async () => {
  cluster.model.say('many words\n\n'.repeat(100))
  const page = await openPage(
    await contextOf({ viewport: { width: 375, height: 560 }, isMobile: true, hasTouch: true }),
  )
  const scroller = page.locator('.scroller')
  const place = () =>
    scroller.evaluate(({ scrollTop, scrollHeight, clientHeight }) => ({
      top: scrollTop,
      hidden: scrollHeight - clientHeight,
    }))
  const isAtTop = async () => {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    const { top, hidden } = await place()
    expect(top).toBe(0)
    expect(hidden, 'not all of it has room').toBeGreaterThan(20)
  }
  await isAtTop()
  await ask(page, 'Tell me a lot')
  await button(page, 'Regenerate').waitFor()
  await expect.poll(async () => (await place()).top).toBeGreaterThan(1000)
  await button(page, 'New conversation').click()
  await page.getByRole('heading', { name: 'Chat whose answers outlive' }).waitFor()
  await isAtTop()
  await page.context().close()
})

test('[W2] the cursor is in the text box at once, and Enter sends', async () => {
  cluster.model.say('quick')
  const page = await openPage()
  await page.waitForFunction(() => document.activeElement?.shadowRoot?.activeElement?.ariaLabel === 'Message')
  await page.keyboard.type('typed')
  await page.keyboard.press('Enter')
  await reads(page, 1, 'quick')
})

describe('every size and scheme', () => {
  const table = (['light', 'dark'] as const).flatMap((colorScheme) => [
    { colorScheme, width: 1280, height: 800 },
    { colorScheme, width: 390, height: 844 },
  ])
  test.each(table)('$width x $height, $colorScheme', async ({ colorScheme, width, height }) => {
    const isMobile = width < 500
    const sized = await contextOf({ viewport: { width, height }, colorScheme, isMobile, hasTouch: isMobile })
    try {
      const page = await openPage(sized)
      const shoot = (story: string) =>
        page.screenshot({ path: join(ARTIFACTS, `page-${story}-${width}-${colorScheme}.png`) })
      await shoot('empty')
      cluster.model.say(SHOWCASE)
      await ask(page, 'Show me what you can do, please. In English and in Arabic.')
      await button(page, 'Regenerate').waitFor()
      await shoot('answer')
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      expect(await articles(page).nth(1).locator('[dir=rtl]').count()).toBe(1)
    } finally {
      await sized.close()
    }
  })
})

const SHOWCASE = `## A heading

Some **bold** and *italic* text with \`code\` and a [link](https://example.org).

1. one
2. two
   - nested

> A quotation, 引用, 🏃‍♀️

\`\`\`ts
const client = new BatonClient({ url: 'https://chat.example.org', storage: 'session', resume: 'latest' })
\`\`\`

| what | how long | why |
| --- | --- | --- |
| a table | as wide as it wants to be | because it scrolls by itself |

Baton بوابة محادثة تقف بين الناس ونموذج لغوي، ولا تضيع أي كلمة.`
