import { type RequestListener, request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { startLossyFront } from '../support/lossy-front.ts'
import { replicaSite } from './replica-site.ts'
import { articles, ask, body, log, says, textBox } from './widget-fixture.ts'

const site = replicaSite()

/** Replicas of two versions in turn: each part of the widget is asked of the other version first, which has not got it. */
async function startRollout(): Promise<{ readonly url: string; readonly missed: ReadonlySet<string> }> {
  const missed = new Set<string>()
  const answer: RequestListener = (asked, response) => {
    const { url = '', headers } = asked
    const [path = ''] = url.split('?')
    const isMissed = path.includes('/assets/') && !missed.has(path)
    if (isMissed) missed.add(path)
    const there = new URL(isMissed ? url.replace(/-[0-9A-Z]{8}\.js/, '-ZZZZZZZZ.js') : url, site.cluster.urlOf(0))
    const passed = request(there, { headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(response)
    })
    passed.on('error', (error) => response.destroy(error))
    passed.end()
  }
  const front = await startLossyFront(site.cluster.urlOf(0), () => (frame) => [frame], answer)
  onTestFinished(() => front.stop())
  return { url: front.url, missed }
}

test('[W1] while a new version is rolled out the launcher comes, and all that is loaded after it, in its language', async () => {
  const rollout = await startRollout()
  site.cluster.model.say('```js\nlet first = 1\n```')
  site.visits.embed({ gateway: rollout.url, html: 'lang="de"' })
  const page = await site.visits.visit(await site.visits.visitor())
  await page.getByRole('button', { name: 'Chat öffnen', exact: true }).click()
  await page.getByRole('textbox').fill('Code')
  await page.keyboard.press('Enter')
  await page.getByRole('article').nth(1).locator('pre .hljs-keyword').waitFor()
  for (const part of ['chunk', 'chat-element', 'de', 'streamed-markdown', 'colours']) {
    expect([...rollout.missed].filter((path) => path.includes(`/${part}-`)).length, part).toBeGreaterThan(0)
  }
})

test('[W5] while a new version is rolled out the page comes', async () => {
  const rollout = await startRollout()
  site.cluster.model.say('here')
  const page = await (await site.visits.visitor()).newPage()
  await page.goto(rollout.url)
  await says(page, 'Connected')
  await textBox(page).waitFor()
  await ask(page, 'go')
  await body(page, 1).filter({ hasText: 'here' }).waitFor()
  expect(await articles(page).count()).toBe(2)
  await log(page).waitFor()
  expect(rollout.missed.size).toBeGreaterThan(3)
})
