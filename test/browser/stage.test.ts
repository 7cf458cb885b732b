import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { eventually, type RunningStack, startStack } from '../integration/stack-fixture.ts'
import { launchBrowser } from '../support/browser.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')
/** What takes half a minute on a machine of its own. */
const LONG_MS = 180_000
const QUESTION = 'Write me a long story about a relay race.'
/** The story takes some five seconds, and who stops in its middle waits for no more of it. */
const SPEED = { DEMO_TOKENS_PER_SECOND: '400', DRAIN_TIMEOUT: '2' }

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

/** The page of a stack, in a browser that complains of every error but lost connections, which are what is tested. */
async function open(stack: RunningStack, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options)
  const complaints: string[] = []
  onTestFinished(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })
  context.setDefaultTimeout(30_000)
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('console', (line) => {
    const isLoss = /WebSocket connection to|ERR_|50[234]/.test(line.text())
    if (line.type() === 'error' && !isLoss) complaints.push(line.text())
  })
  const page = await context.newPage()
  await page.goto(stack.record().url)
  await page
    .getByRole('status')
    .filter({ hasText: /^Connected$/ })
    .waitFor()
  return page
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const answer = (page: Page) =>
  page.getByRole('log', { name: 'Conversation' }).getByRole('article').nth(1).locator('.body')
const card = (page: Page, name: string) => page.getByRole('group', { name, exact: true })
const advice = (page: Page) => page.locator('.advice')

async function ask(page: Page): Promise<void> {
  await button(page, 'Start a long answer').click()
  await longerThan(page, 300)
}

/** Resolves once more than `length` characters of the answer are shown. */
async function longerThan(page: Page, length: number): Promise<void> {
  const isLonger = ([log, least]: readonly [Element, number]) =>
    (log.querySelector('article:nth-child(2) .body')?.textContent?.length ?? 0) > least
  const log = await page.getByRole('log', { name: 'Conversation' }).elementHandle()
  if (log !== null) await page.waitForFunction(isLonger, [log, length] as const)
}

async function shownLength(page: Page): Promise<number> {
  return ((await answer(page).textContent()) ?? '').length
}

/** The replica that writes, as the stage shows it. */
async function owner(page: Page): Promise<string> {
  return (await page.locator('.card.owner').getAttribute('aria-label')) ?? ''
}

/** The card of the replica that serves the page. */
const server = (page: Page) => page.locator('.card').filter({ has: page.locator('.serves:not([hidden])') })

/** What the advice says from now on. */
async function hearAdvice(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(() => {
    const advice = document.querySelector('.advice')
    const said: string[] = []
    Object.assign(window, { said })
    if (advice) new MutationObserver(() => said.push(advice.textContent ?? '')).observe(advice, { childList: true })
  })
  return () => page.evaluate(() => Reflect.get(window, 'said') as string[])
}

/** Waits for the end of the answer, and holds it against what the model says when nothing happens. */
async function expectWhole(page: Page, stack: RunningStack): Promise<void> {
  await button(page, 'Regenerate').waitFor()
  await page
    .locator('.count.lost')
    .filter({ hasText: /^lost 0$/ })
    .waitFor()
  await page
    .locator('.count.doubled')
    .filter({ hasText: /^doubled 0$/ })
    .waitFor()

  const { url } = stack.record()
  // Under a prefix the gateway's address is in the key.
  const key = (await page.evaluate(() => Object.keys(localStorage).find((one) => one.endsWith(':session')))) ?? ''
  const session = await page.evaluate((key) => localStorage.getItem(key), key)
  const history = await eventually(async () => {
    const response = await fetch(`${url}/api/chat/sessions/${session}/history`)
    return response.ok ? response.json() : null
  }, 'the history can be read')
  const last = history.messages.at(-1)
  expect(last.metadata).not.toHaveProperty('error')
  undisturbed ??= tellUndisturbed()
  expect(last.content).toBe(await undisturbed)

  const disturbed = await answer(page).textContent()
  await page.reload()
  await button(page, 'Regenerate').waitFor()
  expect(await answer(page).textContent()).toBe(disturbed)
}

/** What the model says when nothing happens, which is the same in every session: told once, and at once. */
let undisturbed: Promise<string> | undefined

async function tellUndisturbed(): Promise<string> {
  const stack = await startStack({ STORE: 'memory', DEMO_TOKENS_PER_SECOND: '100000' })
  const { url } = stack.record()
  const { session_id } = await post(`${url}/api/chat/sessions`)
  return (await post(`${url}/api/chat/sessions/${session_id}/messages`, { message: QUESTION })).assistant_response
}

// biome-ignore lint/suspicious/noExplicitAny: bodies whose shape the tests of HTTP check
async function post(url: string, body: object = {}): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return response.json()
}

describe('[W5] a click', { timeout: LONG_MS }, () => {
  test('[F2][F3] kills the replica that writes, then the one that serves the page, and the text is whole', async () => {
    const stack = await startStack({ ...SPEED, REPLICAS: '3', RESTART_DELAY_MS: '1000' })
    const page = await open(stack)
    await ask(page)

    const first = await owner(page)
    await button(page, `Kill ${first}`).click()
    await advice(page)
      .filter({ hasText: new RegExp(`^${first} was killed in the middle.* r\\d went on [\\d,]+\\sms later`) })
      .waitFor()
    await eventually(async () => (await owner(page)) !== first, 'another writes')
    expect(await page.locator('.count.takeover').textContent()).toMatch(/^takeover [\d,]+\sms$/)
    // Text may be there before the page has looked who writes: then the whole time counts as the takeover's.
    expect(await page.locator('.count.model').textContent()).toMatch(/^model ([\d,]+\sms|–)$/)

    const second = (await server(page).getAttribute('aria-label')) ?? ''
    expect(await button(page, 'Stop').isVisible()).toBe(true)
    await button(page, `Kill ${second}`).click()
    await server(page).filter({ hasNotText: second }).waitFor()
    await expectWhole(page, stack)
  })

  test('[R6] under BASE_PATH kills the replica that writes, and page, HTTP and SDK hold the same whole text', async () => {
    const stack = await startStack({ ...SPEED, REPLICAS: '3', RESTART_DELAY_MS: '1000', BASE_PATH: '/chat' })
    const { url } = stack.record()
    expect(new URL(url).pathname).toBe('/chat')
    const page = await open(stack)
    await ask(page)

    const first = await owner(page)
    await button(page, `Kill ${first}`).click()
    await advice(page)
      .filter({ hasText: new RegExp(`^${first} was killed in the middle.* r\\d went on`) })
      .waitFor()
    await expectWhole(page, stack)

    // As text, so that the test's own build does not replace the import.
    const ofSdk: { readonly sessionId: string; readonly contents: readonly string[] } = await page.evaluate(`
      import('${url}/client.js').then(async ({ BatonClient }) => {
        const client = new BatonClient({ url: '${url}' })
        await client.open()
        const { session, messages } = client.state
        client.close()
        return { sessionId: session.id, contents: messages.map(({ content }) => content) }
      })`)
    const history = await (await fetch(`${url}/api/chat/sessions/${ofSdk.sessionId}/history`)).json()
    expect(ofSdk.contents).toHaveLength(2)
    expect(history.messages.map(({ content }: { content: string }) => content)).toEqual(ofSdk.contents)
  })

  test('[F2] freezes the replica that writes; it is found out, killed and back', async () => {
    const stack = await startStack({ ...SPEED, REPLICAS: '3', HEALTH_TIMEOUT_MS: '6000' })
    const page = await open(stack)
    await ask(page)

    const frozen = await owner(page)
    await button(page, `Freeze ${frozen}`).click()
    await card(page, frozen).getByText('frozen', { exact: true }).waitFor()
    await advice(page)
      .filter({ hasText: new RegExp(`^${frozen} was frozen in the middle.* r\\d went on`) })
      .waitFor()
    await card(page, frozen).getByText('up', { exact: true }).waitFor()
    await expectWhole(page, stack)
  })

  test('that meets nothing hides none before it that is not overcome', async () => {
    const stack = await startStack({ ...SPEED, REPLICAS: '3', LEASE_MS: '3000' })
    const page = await open(stack)
    await ask(page)

    const heard = await hearAdvice(page)
    const frozen = await owner(page)
    const serving = await server(page).getAttribute('aria-label')
    const idle = ['r1', 'r2', 'r3'].find((id) => id !== frozen && id !== serving) ?? ''
    await button(page, `Freeze ${frozen}`).click()
    await card(page, frozen).getByText('frozen', { exact: true }).waitFor()
    await button(page, `Kill ${idle}`).click()
    await advice(page)
      .filter({ hasText: new RegExp(`^${frozen} was frozen in the middle.* r\\d went on`) })
      .waitFor()
    expect((await heard()).filter((sentence) => sentence.startsWith(idle))).toEqual([])
  })

  test('on the only replica is overcome once that is back under its name', async () => {
    const stack = await startStack({ ...SPEED, REPLICAS: '1' })
    const page = await open(stack)
    await ask(page)
    await button(page, 'Kill r1').click()
    await advice(page)
      .filter({ hasText: /^r1 was killed in the middle.* r1 went on/ })
      .waitFor()
    expect(await button(page, 'Stop').isVisible()).toBe(true)
  })

  test('is told of where the answer starts again from nothing (LLM_RESUME=restart)', async () => {
    const stack = await startStack({ ...SPEED, REPLICAS: '2', RESTART_DELAY_MS: '5000', LLM_RESUME: 'restart' })
    const page = await open(stack)
    await ask(page)
    const killed = await owner(page)
    await button(page, `Kill ${killed}`).click()
    await advice(page)
      .filter({ hasText: new RegExp(`^${killed} was killed in the middle.* r\\d went on`) })
      .waitFor()
    expect(await button(page, 'Stop').isVisible()).toBe(true)
  })

  test('on a stack that is out of reach says so', async () => {
    const stack = await startStack({ ...SPEED, REPLICAS: '2' })
    const page = await open(stack)
    await ask(page)
    await page.context().setOffline(true)
    await card(page, 'Redis').getByText('not known', { exact: true }).waitFor()
    await card(page, 'Model').getByText('not known', { exact: true }).waitFor()
    await advice(page).filter({ hasText: 'No replica answers.' }).waitFor()
    await button(page, 'Kill r2').click()
    await advice(page).filter({ hasText: 'r2 could not be reached.' }).waitFor()
    await page.context().setOffline(false)
    await card(page, 'r2').getByText('up', { exact: true }).waitFor()
  })

  test('[F5] drains the replica that writes; the page sees a reconnect at most', async () => {
    const stack = await startStack({ ...SPEED, REPLICAS: '2', DRAIN_TIMEOUT: '3', RESTART_DELAY_MS: '1000' })
    const page = await open(stack)
    await ask(page)

    const heard = await hearAdvice(page)
    const leaving = await owner(page)
    await button(page, `Drain ${leaving}`).click()
    await eventually(() => stack.output().includes(`${leaving}    │ ended (code 0)`), 'it has left')
    await advice(page)
      .filter({ hasText: new RegExp(`^${leaving} was told to leave in the middle.* r\\d went on`) })
      .waitFor()
    const said = await heard()
    expect(said.filter((sentence) => sentence.includes('Waiting'))).toEqual([])
    expect(said).toContain(`${leaving} was told to leave. It hands over what it has …`)
    await expectWhole(page, stack)
  })

  test('[G1][G2] kills Redis; the answer goes on, the page says what that means, and recovers', async () => {
    const stack = await startStack({ ...SPEED, RESTART_DELAY_MS: '4000' })
    const page = await open(stack)
    await ask(page)

    const hint = page.getByText('not safely stored')
    await button(page, 'Kill Redis').click()
    await hint.waitFor()
    await longerThan(page, (await shownLength(page)) + 200)
    await advice(page)
      .filter({ hasText: /^Redis was killed. The answer went on .* kept in memory until Redis is back/ })
      .waitFor()
    await hint.waitFor({ state: 'hidden' })
    await card(page, 'Redis').getByText('up', { exact: true }).waitFor()
    await expectWhole(page, stack)
  })

  test('on every replica leaves none that the page calls up', async () => {
    const stack = await startStack({ ...SPEED, REPLICAS: '3', RESTART_DELAY_MS: '5000' })
    const page = await open(stack)
    await ask(page)
    for (const id of ['r1', 'r2', 'r3']) await button(page, `Kill ${id}`).click()
    await page.waitForFunction(() => document.querySelector('.replica[data-state="up"]') === null)
    await page.waitForFunction(() => document.querySelectorAll('.replica[data-state="up"]').length === 3)
    await expectWhole(page, stack)
  })

  test('is a key press, too: the focus stays where it was', async () => {
    const stack = await startStack({ ...SPEED, RESTART_DELAY_MS: '3000' })
    const page = await open(stack)
    await button(page, 'Kill r1').focus()
    await page.keyboard.press('Enter')
    await page.locator('[aria-label="Kill r1"][aria-disabled="true"]').waitFor()
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Kill r1')
    await card(page, 'r1').getByText('up', { exact: true }).waitFor()
    expect(await button(page, 'Kill r1').getAttribute('aria-disabled')).toBe('false')

    await button(page, 'Start a long answer').focus()
    await page.keyboard.press('Enter')
    await button(page, 'Start a long answer').waitFor({ state: 'hidden' })
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('advice')
  })
})

test('[W5] without DEMO the page is the plain chat', async () => {
  const stack = await startStack({ DEMO: '0' })
  const page = await open(stack)
  expect(await page.getByRole('button', { name: /^(Kill|Freeze|Drain)/ }).count()).toBe(0)
  expect(await page.locator('.stage').isVisible()).toBe(false)
  expect(await page.getByText('kill the replica').isVisible()).toBe(false)
  expect((await page.request.get(`${stack.record().url}/demo/stack`)).status()).toBe(404)
  expect((await page.request.post(`${stack.record().url}/demo/replicas/r1/kill`, { data: {} })).status()).toBe(404)
})

test('[W5] on a phone on its side the conversation has most of the height', { timeout: LONG_MS }, async () => {
  const stack = await startStack({ ...SPEED, REPLICAS: '3' })
  const viewport = { width: 844, height: 390 }
  const page = await open(stack, { viewport, isMobile: true, hasTouch: true })
  await ask(page)
  const log = await page.getByRole('log', { name: 'Conversation' }).boundingBox()
  expect(log?.height).toBeGreaterThan(viewport.height / 2)
  expect(log?.width).toBeGreaterThan(viewport.width / 2)
  await button(page, `Kill ${await owner(page)}`).click()
  await advice(page).filter({ hasText: 'went on' }).waitFor()
})

test('[W5] with the keyboard of a phone up, and at 400 %, the conversation has the whole width', {
  timeout: LONG_MS,
}, async () => {
  const stack = await startStack({ ...SPEED, REPLICAS: '3' })
  const page = await open(stack, { isMobile: true, hasTouch: true, viewport: { width: 412, height: 915 } })
  await ask(page)
  for (const [width, height] of [
    [360, 330],
    [412, 400],
    [320, 256],
  ] as const) {
    await page.setViewportSize({ width, height })
    const chat = page.locator('baton-chat')
    await eventually(async () => (await chat.boundingBox())?.width === width, `it fills the width of ${width}`)
    await advice(page).waitFor()
    const room = () => page.locator('.scroller').evaluate(({ clientHeight }) => clientHeight)
    await expect.poll(room, { message: `of ${width} × ${height}` }).toBeGreaterThan(height / 6) // the advice may take two lines
    const top = async (one: Locator) => (await one.boundingBox())?.y ?? 0
    const gap = async () => (await top(button(page, 'More'))) - (await top(page.locator('.stage')))
    await expect.poll(gap, { message: 'beside the edge' }).toBeGreaterThan(4)
    await button(page, 'More').click()
    await button(page, 'Kill r2').waitFor()
    await button(page, 'Less').click()
  }
})

test('[W5] on the smallest phones all replicas stand in one row, and the conversation has room', {
  timeout: LONG_MS,
}, async () => {
  // Slower, so that the answer goes on until the last look.
  const stack = await startStack({ ...SPEED, DEMO_TOKENS_PER_SECOND: '60', REPLICAS: '3' })
  const page = await open(stack, { isMobile: true, hasTouch: true })
  await ask(page)
  for (const { width, height, colorScheme } of SMALL_LOOKS) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    await page.reload()
    await longerThan(page, 300)
    await page.screenshot({ path: join(ARTIFACTS, `stage-small-${width}-${colorScheme}.png`) })
    const tops = await page.locator('.replicas .card').evaluateAll((cards) => {
      return cards.map((card) => Math.round(card.getBoundingClientRect().top))
    })
    expect([tops.length, new Set(tops).size]).toEqual([3, 1])
    const room = await page.locator('.scroller').evaluate(({ clientHeight }) => clientHeight)
    expect(room, `of ${width} × ${height}`).toBeGreaterThan(height / 5)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
  }
  expect(await button(page, 'Stop').isVisible()).toBe(true)
})

test('[W5] on every size and scheme; calm for who wants no motion', { timeout: LONG_MS }, async () => {
  const stack = await startStack({ ...SPEED, DEMO_TOKENS_PER_SECOND: '200', REPLICAS: '3' })
  for (const { width, height, colorScheme } of LOOKS) {
    const isPhone = width < 1000
    const look = { viewport: { width, height }, colorScheme, isMobile: isPhone, hasTouch: isPhone }
    const page = await open(stack, { ...look, ...(colorScheme === 'dark' && { reducedMotion: 'reduce' }) })
    const shoot = (story: string) =>
      page.screenshot({ path: join(ARTIFACTS, `stage-${story}-${width}-${colorScheme}.png`) })
    for (const id of ['r1', 'r2', 'r3']) await card(page, id).getByText('up', { exact: true }).waitFor()
    await shoot('1-before')
    await ask(page)
    await advice(page)
      .filter({ hasText: /^Now kill r\d/ })
      .waitFor()
    if (!isPhone && colorScheme === 'light') await page.locator('.pulse').first().waitFor()
    else expect(await page.locator('.pulse').count()).toBe(0)
    await shoot('2-running')
    await button(page, `Kill ${await owner(page)}`).click()
    await shoot('3-killed')
    await advice(page).filter({ hasText: 'went on' }).waitFor()
    await shoot('4-taken-over')
    if (isPhone) {
      expect(await button(page, 'Kill Redis').isVisible()).toBe(false)
      const more = await button(page, 'More').boundingBox()
      expect((more?.x ?? 0) + (more?.width ?? 0)).toBeLessThanOrEqual(width)
      await button(page, 'More').click()
      await button(page, 'Kill Redis').waitFor()
      await button(page, 'Freeze r2').waitFor()
      await shoot('5-open')
    }
    await button(page, 'Stop').click()
    await button(page, 'Start a long answer').waitFor()
    await shoot('6-after')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    await page.context().close()
  }
})

const SMALL_LOOKS = (['light', 'dark'] as const).flatMap((colorScheme) => [
  { colorScheme, width: 320, height: 568 },
  { colorScheme, width: 360, height: 640 },
  { colorScheme, width: 375, height: 667 },
])

const LOOKS = (['light', 'dark'] as const).flatMap((colorScheme) => [
  { colorScheme, width: 844, height: 390 },
  { colorScheme, width: 1280, height: 800 },
  { colorScheme, width: 390, height: 844 },
])
