import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { numbered } from '../fault/fixtures.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { violations } from './axe.ts'

const TOKEN = 'anna-is-her-name-and-this-her-token'
const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

let cluster: Cluster
let browser: Browser
beforeAll(async () => {
  const env = { ADMIN_TOKEN: `anna:${TOKEN}`, TRUST_USER_ID: '1' }
  ;[cluster, browser] = await Promise.all([startCluster({ replicas: 3, env }), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await cluster?.stop()
})

/** The page, with the token typed in; nothing may be written to its console as an error. */
async function opened(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options)
  onTestFinished(() => context.close())
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()))
  onTestFinished(() => expect(complaints).toEqual([]))
  await page.goto(`${cluster.urlOf(0)}/admin`)
  await page.getByLabel('Token').fill(TOKEN)
  await page.getByRole('button', { name: 'Open' }).click()
  await page.getByRole('heading', { name: 'Replicas' }).waitFor()
  return page
}

test('what the last token was worth is not said beside the console that the next one has opened', async () => {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`${cluster.urlOf(0)}/admin`)
  const enter = async (token: string) => {
    await page.getByLabel('Token').fill(token)
    await page.getByRole('button', { name: 'Open' }).click()
  }
  await enter('x'.repeat(40))
  await page.getByText('This token opens nothing.').waitFor()
  await enter(TOKEN)
  await page.getByRole('heading', { name: 'Replicas' }).waitFor()
  expect(await page.locator('#status').textContent()).toMatch(/^As .* saw it at/)
})

test('an operator sees replicas and answers, looks at a session, and stops its answer', async () => {
  cluster.model.say(numbered(3000), { everyMs: 20 })
  const client = await cluster.connect(1)
  const { session } = await client.open({ userId: 'carol' })
  const { answer } = await client.send(session.id, 'Tell me')
  const page = await opened()
  const answers = page.getByRole('region', { name: 'Running answers' })
  await answers.getByText(session.id).waitFor()
  const serving = page.getByRole('region', { name: 'Replicas' }).getByText('serves', { exact: true })
  await eventually('all serve', async () => (await serving.count()) === 3)

  await page.getByLabel('User id or session id').fill('carol')
  await page.getByRole('button', { name: 'Find' }).click()
  await page.getByText('1 found.').waitFor()
  await page.getByRole('region', { name: 'Sessions' }).getByRole('button', { name: 'Look' }).click()
  await page.getByText('at r2').waitFor()
  expect(await violations(page)).toEqual([])
  await page.setViewportSize({ width: 1280, height: 1100 })
  await page.screenshot({ path: join(ARTIFACTS, 'admin-1280-light.png'), fullPage: true })
  await answers.getByRole('button', { name: 'Stop' }).click()
  expect((await client.ended(answer.id)).status).toBe('stopped')
  await answers.getByText('No answer runs.').waitFor()
})

test('nothing is wider than a phone, and all can be read in the dark', async () => {
  const end = new Latch()
  cluster.model.script(async function* () {
    yield 'So far. '
    await end.opened
    yield 'The end.'
  })
  const client = await cluster.connect(1)
  const { session } = await client.open()
  const { answer } = await client.send(session.id, 'Tell me')
  const page = await opened({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
  await page.getByRole('region', { name: 'Running answers' }).getByRole('button', { name: 'Look' }).click()
  await page.getByText('at r2').waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  expect(await violations(page)).toEqual([])
  await page.screenshot({ path: join(ARTIFACTS, 'admin-390-dark.png'), fullPage: true })
  end.open()
  await client.ended(answer.id)
})

test('the name of a user cannot turn the direction of what is shown', async () => {
  const client = await cluster.connect(1)
  const { session } = await client.open({ userId: '\u202Eevil' })
  const page = await opened()
  await page.getByLabel('User id or session id').fill(session.id)
  await page.getByRole('button', { name: 'Find' }).click()
  await page.getByText('[U+202E]evil').waitFor()
})
