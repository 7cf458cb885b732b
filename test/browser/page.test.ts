import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { Latch } from '../support/conditions.ts'
import { silence } from '../support/scripted-model.ts'

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

const connected = (page: Page) => page.getByRole('status').filter({ hasText: 'Connected to replica' }).waitFor()
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

/** An answer that stops after `first` until the latch is opened. */
function inTwoParts(first: string, rest: string): Latch {
  const latch = new Latch()
  cluster.model.script(async function* () {
    yield first
    await latch.opened
    yield rest
  })
  return latch
}

describe('[W2] talking', () => {
  test('Enter sends, Shift+Enter breaks the line; the answer streams as markdown and says who wrote it', async () => {
    const latch = inTwoParts('# A *heading*\n\nfirst words', ' and **last**')
    const page = await openPage()
    await textBox(page).fill('two')
    await textBox(page).press('Shift+Enter')
    await page.keyboard.type('lines')
    await button(page, 'Send').click()
    await reads(page, 1, /first words\s*$/)
    expect(await articles(page).first().locator('.body').textContent()).toBe('two\nlines')
    expect(await articles(page).nth(1).getAttribute('aria-busy')).toBe('true')
    latch.open()
    await button(page, 'Regenerate').waitFor()
    await reads(page, 1, /first words and last\s*$/)
    expect(await articles(page).nth(1).locator('h1 em, strong').allInnerTexts()).toEqual(['heading', 'last'])
    expect(
      await articles(page)
        .nth(1)
        .getByText(/^answered by r\d in/)
        .count(),
    ).toBe(1)
  })

  test('Stop keeps the text so far and ends the work of the model', async () => {
    cluster.model.script(() => ['kept text', silence])
    const page = await openPage()
    const before = cluster.model.disconnects
    await ask(page, 'go')
    await reads(page, 1, 'kept text')
    await button(page, 'Stop').click()
    await articles(page).nth(1).getByText('Stopped').waitFor()
    await reads(page, 1, 'kept text')
    await cluster.model.until(() => cluster.model.disconnects > before)
    await button(page, 'Send').waitFor()
  })

  test('Regenerate replaces the last answer; Copy copies it', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    cluster.model.say('the first try')
    const page = await openPage()
    await ask(page, 'go')
    await reads(page, 1, 'the first try')
    cluster.model.say('the **second** try')
    await button(page, 'Regenerate').click()
    await reads(page, 1, 'the second try')
    await button(page, 'Regenerate').waitFor()
    expect(await articles(page).count()).toBe(2)
    await button(page, 'Copy').click()
    await page.waitForFunction(async () => (await navigator.clipboard.readText()) === 'the **second** try')
  })

  test('New conversation begins another session, and an example asks for the visitor', async () => {
    cluster.model.say('an answer')
    const page = await openPage()
    const session = () => page.evaluate(() => localStorage.getItem('baton:session'))
    await page.getByRole('button', { name: 'Tell me a long story.' }).click()
    await reads(page, 1, 'an answer')
    const first = await session()
    await button(page, 'New conversation').click()
    await page.getByRole('heading', { name: 'Ask something' }).waitFor()
    await connected(page)
    expect(await articles(page).count()).toBe(0)
    expect(await session()).not.toBe(first)
  })

  test('a reader who scrolls up is left alone until Jump to latest', async () => {
    const long = Array.from({ length: 80 }, (_, i) => `line ${i}`).join('\n\n')
    const latch = inTwoParts(long, '\n\nthe end')
    const page = await openPage()
    await ask(page, 'go')
    await reads(page, 1, 'line 79')
    const top = () => page.locator('main').evaluate((main) => main.scrollTop)
    expect(await top()).toBeGreaterThan(500)
    await page.locator('main').evaluate((main) => main.scrollTo(0, 100))
    await button(page, 'Jump to latest').waitFor()
    latch.open()
    await reads(page, 1, 'the end')
    expect(await top()).toBe(100)
    await button(page, 'Jump to latest').click()
    await page.waitForFunction(
      () => document.querySelector('article:last-child .foot')?.getBoundingClientRect().bottom ?? 9e9 < innerHeight,
    )
    await button(page, 'Jump to latest').waitFor({ state: 'hidden' })
  })
})

describe('[W3] the same conversation everywhere', () => {
  test('a reload in the middle of an answer loses nothing and doubles nothing', async () => {
    const [first, rest] = ['👩‍👩‍👧‍👦 one two three', ' — 四 five 🏽 six']
    const latch = inTwoParts(first, rest)
    const page = await openPage()
    await ask(page, 'go')
    await reads(page, 1, first)
    await page.reload()
    await reads(page, 1, first)
    latch.open()
    await button(page, 'Regenerate').waitFor()
    expect(await articles(page).locator('.body').allInnerTexts()).toEqual(['go', first + rest])
    await page.reload()
    await button(page, 'Regenerate').waitFor()
    expect(await articles(page).locator('.body').allInnerTexts()).toEqual(['go', first + rest])
  })

  test('a second tab is in step, in both directions, and follows to a new conversation', async () => {
    const latch = inTwoParts('half', ' and half')
    const [one, two] = [await openPage(), await openPage()]
    await ask(one, 'from one')
    await reads(two, 1, 'half')
    latch.open()
    await Promise.all([one, two].map((page) => reads(page, 1, 'half and half')))
    cluster.model.say('as you say')
    await ask(two, 'from two')
    await Promise.all([one, two].map((page) => reads(page, 3, 'as you say')))
    await button(one, 'New conversation').click()
    await two.getByRole('heading', { name: 'Ask something' }).waitFor()
  })

  test('what is typed offline is kept, and sent exactly once', async () => {
    cluster.model.say('welcome back')
    const page = await openPage()
    const before = cluster.model.generations
    await context.setOffline(true)
    await page.getByRole('status').filter({ hasText: 'offline' }).waitFor()
    await ask(page, 'typed in a tunnel')
    await articles(page).getByText('Waiting to be sent').waitFor()
    await context.setOffline(false)
    await reads(page, 1, 'welcome back')
    expect(await articles(page).locator('.body').allInnerTexts()).toEqual(['typed in a tunnel', 'welcome back'])
    expect(cluster.model.generations - before).toBe(1)
  })

  test('when its replica dies, another one serves the page', async () => {
    cluster.model.say('first answer')
    const page = await openPage()
    await ask(page, 'first')
    await reads(page, 1, 'first answer')
    const served = /replica (r\d)/.exec((await page.getByRole('status').textContent()) ?? '')?.[1]
    const replica = cluster.replicas.find(({ id }) => id === served)
    if (replica === undefined) throw new Error(`the page does not say who serves it: ${served}`)
    await replica.kill()
    try {
      await page
        .getByRole('status')
        .filter({ hasText: /Connected to replica/ })
        .filter({ hasNotText: replica.id })
        .waitFor()
      cluster.model.say('second answer')
      await ask(page, 'second')
      await reads(page, 3, 'second answer')
    } finally {
      await replica.start()
    }
  })
})

describe('[W4] a hostile answer', () => {
  test('runs nothing, loads nothing, styles nothing', async () => {
    const requests: string[] = []
    context.on('request', (request) => requests.push(request.url()))
    cluster.model.say(HOSTILE.split('|'))
    const page = await openPage()
    page.on('dialog', () => complaints.push('a dialog'))
    await ask(page, 'attack')
    await button(page, 'Regenerate').waitFor()
    await reads(page, 1, /the end\s*$/)

    const answer = articles(page).nth(1).locator('.body')
    expect(
      await answer
        .locator('img, script, style, iframe, svg, form, input, video, object, [style], [class], [id]')
        .count(),
    ).toBe(0)
    const links = await answer
      .locator('a')
      .evaluateAll((all) => all.map((a) => [a.textContent, a.getAttribute('href'), a.getAttribute('rel')]))
    const rel = 'noopener noreferrer nofollow'
    expect(links.filter(([, href]) => href !== null)).toEqual([
      ['remote', 'https://evil.example/pixel.png', rel],
      ['good', 'https://example.org/?a=1&b=2', rel],
      ['mail', 'mailto:a@example.org', rel],
    ])
    expect(await page.evaluate(() => Reflect.get(window, 'hacked'))).toBeUndefined()
    const origin = new URL(cluster.urlOf('nginx')).origin
    expect(requests.filter((url) => new URL(url).origin !== origin)).toEqual([])
  })
})

const HOSTILE = `<img src=x one|rror="window.hacked=1"> <script>window.hacked=2</script>

![remote](https://evil.example/pixel.png)

[bad](javascript:window.hacked=3) [worse](data:text/html,<script>window.hacked=4</script>) [odd](vbscript:x) [file](file:///etc/passwd) [own](/api/chat/sessions)

[good](https://example.org/?a=1&b=2) [mail](mailto:a@example.org)

<a href="javascript:window.hacked=5">click</a> <style>body{display:none}</style> <div style="position:fixed;inset:0">over</div>

<svg onload="window.hacked=6"><iframe src="https://evil.example"></iframe></svg>

\`\`\`"><img src=x onerror=window.hacked=7>
<b onclick="window.hacked=8">
\`\`\`

| a | b |
| --- | --- |
| <form action=https://evil.example> | <input autofocus onfocus=window.hacked=9> |

the end`

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
