import { join } from 'node:path'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Message } from '../../src/client/index.ts'
import type { Baton, BatonClientOptions } from '../../src/react/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { eventually } from '../support/conditions.ts'
import { ScriptedGateway } from '../support/scripted-gateway.ts'

declare global {
  interface Window {
    show(options: BatonClientOptions): void
    baton: Baton
  }
}

let browser: Browser
let script: string
let gateway: ScriptedGateway
let page: Page

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'react-page.ts')],
    bundle: true,
    write: false,
    define: { 'process.env.NODE_ENV': '"development"' }, // else StrictMode does nothing
  })
  script = outputFiles[0]?.text ?? ''
  browser = await launchBrowser()
})
afterAll(() => browser?.close())
beforeEach(async () => {
  gateway = await ScriptedGateway.start()
  gateway.admit = (token) => (token === 'good' ? null : { code: 'unauthorized', message: `${token}`, retryable: false })
  page = await browser.newPage()
  await page.addScriptTag({ content: script })
})
afterEach(async () => {
  await page.close()
  await gateway.close()
})

const show = (token?: string) => page.evaluate((options) => window.show(options), options(token))
const options = (token?: string) => ({ url: gateway.url, ...(token !== undefined && { token }) })
const reads = (text: string) => page.locator('output').getByText(text, { exact: true }).waitFor()

test.each([undefined, 'old'])('[X3] a token that takes the place of %s is used at once', async (before) => {
  await show(before)
  await eventually('it is refused', () => gateway.tokens.length > 0)
  await show('good')
  await reads('online')
})

test.each([undefined, 'old'])('[X3] and where %s was refused for good as well', async (before) => {
  await show(before)
  await reads('unauthorized')
  await show('good')
  await reads('online')
})

test('[X3] a function that comes later is asked', async () => {
  await show()
  await reads('unauthorized')
  await page.evaluate((options) => window.show({ ...options, token: async () => 'good' }), options())
  await reads('online')
})

test('[X3] a token that is renewed while it is connected is the one of the next connection', async () => {
  await show('good')
  await reads('online')
  gateway.admit = (token) => (token === 'better' ? null : { code: 'unauthorized', message: 'no', retryable: false })
  await show('better')
  gateway.cut()
  await eventually('it came back', () => gateway.tokens.at(-1) === 'better')
  await reads('online')
  expect(gateway.tokens).not.toContain(undefined)
})

test('[X3] a page that has no token yet is refused once', async () => {
  await page.evaluate((options) => window.show(options), options())
  await reads('unauthorized')
  expect(gateway.tokens.length).toBeLessThanOrEqual(2) // StrictMode mounts it twice
})

test('[X3] where the user is another, and the token a render later, that one is used', async () => {
  gateway.admit = (token) => (token === 'good' ? null : { code: 'forbidden', message: 'of ann', retryable: false })
  await show('ann')
  await reads('forbidden')
  await show('good')
  await reads('online')
})

test('[X3] a string that is refused is tried once, and once more where the page asks for that', async () => {
  await show('old')
  await reads('unauthorized')
  expect(gateway.tokens).toEqual(['old'])
  await page.locator('output').click()
  await eventually('it is tried again', () => gateway.tokens.length === 2)
  await reads('unauthorized')
  await show('good')
  await reads('online')
  expect(gateway.tokens).toEqual(['old', 'old', 'good'])
})

test('[X3] so is one that ends while it is connected', async () => {
  await show('good')
  await reads('online')
  gateway.admit = () => ({ code: 'unauthorized', message: 'it has expired', retryable: false })
  gateway.cut()
  await reads('unauthorized')
  expect(gateway.tokens).toEqual(['good', 'good'])
})

test('[X3] a function that gives the refused token again may give another one soon', async () => {
  await page.evaluate((options) => {
    let asked = 0
    window.show({ ...options, token: () => (++asked < 3 ? 'old' : 'good') })
  }, options())
  await reads('online')
})

test('[X3] the same token is not tried for ever', async () => {
  await show('old')
  await reads('unauthorized')
  const tries = gateway.tokens.length
  await show('old')
  await page.evaluate(() => new Promise(requestAnimationFrame))
  await reads('unauthorized')
  expect(gateway.tokens).toHaveLength(tries)
})

test('`hasEarlier` is true again where a conversation that was read to its beginning is opened at its end', async () => {
  const [older, newer] = [5, 6].map((seq) => gateway.message({ seq })) as [Message, Message]
  gateway.messages = [newer]
  gateway.on('session:history', () => ({ messages: [older], hasMore: false }))
  await show('good')
  await reads('online')
  const first = () => page.evaluate(() => [window.baton.messages[0]?.seq, window.baton.hasEarlier])
  const begins = (seq: number) => page.waitForFunction((seq) => window.baton.messages[0]?.seq === seq, seq)
  await begins(6)
  expect(await first()).toEqual([6, true])
  await page.evaluate(() => window.baton.loadEarlier())
  await page.waitForFunction(() => !window.baton.hasEarlier)
  expect(await first()).toEqual([5, false])
  await page.evaluate((id) => window.baton.switchTo(id), gateway.sessionId)
  await begins(6)
  expect(await first()).toEqual([6, true])
})
