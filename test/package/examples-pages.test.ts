import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { serveFiles } from '../support/file-server.ts'
import { refuse } from '../support/scripted-model.ts'
import {
  BUILD_MS,
  copyOf,
  FIRST,
  inTwoHalves,
  killTheOwner,
  npmInstall,
  ROOT,
  run,
  scriptedGateway,
  TEXT,
} from './examples.ts'

/** Builds take minutes: they are for `npm run examples`. */
const all = process.env.EXAMPLES === 'all'
/** What the status says while a message can be sent. */
const READY = /^(online|ready)$/

describe('examples that talk from a page', () => {
  let cluster: Cluster
  let browser: Browser
  beforeAll(async () => {
    ;[cluster, browser] = await Promise.all([startCluster({ replicas: 2, nginx: true }), launchBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await cluster?.stop()
  })

  /** The page at `url`, once it can be asked. */
  async function pageAt(url: string): Promise<Page> {
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    page.setDefaultTimeout(20_000)
    await page.goto(url)
    await isReady(page)
    return page
  }

  const isReady = (page: Page) => page.getByRole('status').filter({ hasText: READY }).waitFor()

  async function ask(page: Page, text: string): Promise<void> {
    await page.getByLabel('Message').fill(text)
    await page.getByLabel('Message').press('Enter')
  }

  async function keepsItsText(page: Page): Promise<void> {
    const place = await page.getByLabel('Message').boundingBox()
    const latch = inTwoHalves(cluster)
    await ask(page, 'Go')
    const last = page.getByRole('article').last()
    await last.filter({ hasText: FIRST.trim() }).waitFor()
    await killTheOwner(cluster)
    latch.open()
    await last.filter({ hasText: TEXT.slice(-12) }).waitFor()
    const shown = await page.getByRole('article').allTextContents()
    expect(shown.map((text) => text.trim())).toEqual(['Go', TEXT])
    expect(await page.getByLabel('Message').boundingBox(), 'the form does not move').toEqual(place)
  }

  async function saysWhyAnAnswerFailed(page: Page): Promise<void> {
    await isReady(page)
    cluster.model.script(() => [refuse(400)])
    await ask(page, 'Fail')
    const why = page.getByRole('article').last().getByRole('emphasis').filter({ hasText: /\w/ })
    await why.waitFor()
    await page.reload()
    await why.waitFor()
  }

  async function saysWhyAMessageWasRefused(page: Page): Promise<void> {
    await isReady(page)
    await ask(page, 'x'.repeat(40_000))
    const refused = page.getByRole('article').filter({ hasText: 'must be at most' })
    await refused.getByRole('button', { name: 'Discard' }).click()
    await refused.waitFor({ state: 'detached' })
  }

  async function saysThatNobodyIsThere(page: Page): Promise<void> {
    await isReady(page)
    const there = cluster.replicas.filter(({ running }) => running)
    await Promise.all(there.map((replica) => replica.kill()))
    await page.getByRole('status').filter({ hasNotText: READY }).waitFor()
    await Promise.all(there.map((replica) => replica.start()))
    await isReady(page)
  }

  async function takesOneMessageAtATime(page: Page): Promise<void> {
    const latch = inTwoHalves(cluster)
    await ask(page, 'Go')
    await page.getByRole('button', { name: 'Stop' }).waitFor()
    const send = page.getByRole('button', { name: 'Send' })
    expect(await send.isDisabled()).toBe(true)
    latch.open()
    await isReady(page)
    expect(await send.isDisabled()).toBe(false)
  }

  test('[F2] vanilla keeps its text through a kill', async () => {
    const site = await serveFiles(copyOf('vanilla', cluster.urlOf('nginx')))
    onTestFinished(() => site.close())
    await keepsItsText(await pageAt(site.url))
  })

  test('[M4] [X1] vanilla says what went wrong', async () => {
    const site = await serveFiles(copyOf('vanilla', cluster.urlOf('nginx')))
    onTestFinished(() => site.close())
    const page = await pageAt(site.url)
    await saysWhyAnAnswerFailed(page)
    await saysWhyAMessageWasRefused(page)
    await saysThatNobodyIsThere(page)
  })

  test.runIf(all).for([
    ['react', 'dist'],
    ['vue', 'dist'],
    ['svelte', 'dist'],
    ['angular', 'dist'],
    ['nextjs', 'out'],
  ] as const)(
    '[F2] [M4] [X1] %s keeps its text through a kill, and says what went wrong',
    { timeout: BUILD_MS },
    async ([name, built]) => {
      const directory = copyOf(name, cluster.urlOf('nginx'))
      await npmInstall(directory, await clientPackage())
      await run(directory, ['npm', 'run', 'build'], BUILD_MS)
      const site = await serveFiles(join(directory, built))
      onTestFinished(() => site.close())
      const page = await pageAt(site.url)
      await keepsItsText(page)
      await saysWhyAnAnswerFailed(page)
      if (name !== 'nextjs') await saysWhyAMessageWasRefused(page)
      await saysThatNobodyIsThere(page)
      if (name === 'nextjs') await takesOneMessageAtATime(page)
    },
  )
})

test.runIf(all).for([
  [
    'svelte',
    (url: string) => `const { baton } = await import('./src/baton.js')
      baton({ url: '${url}' }).state.subscribe(({ connection }) => console.log(connection))`,
  ],
  [
    'vue',
    (url: string) => `const { createSSRApp } = await import('vue')
      const { renderToString } = await import('vue/server-renderer')
      const { useBaton } = await import('./src/use-baton.js')
      const setup = () => {
        const { state } = useBaton({ url: '${url}' })
        return () => state.value.connection
      }
      console.log(await renderToString(createSSRApp({ setup })))`,
  ],
  [
    'angular',
    (url: string) => `await import('@angular/compiler')
      const { createEnvironmentInjector, runInInjectionContext } = await import('@angular/core')
      const { injectBaton } = await import('./src/baton.ts')
      const { state } = runInInjectionContext(createEnvironmentInjector([], null), () => injectBaton({ url: '${url}' }))
      console.log(state().connection)`,
  ],
] as const)(
  '%s connects to nobody where a page is rendered on a server',
  { timeout: BUILD_MS },
  async ([name, script]) => {
    const gateway = await scriptedGateway()
    const directory = copyOf(name, gateway.url)
    await npmInstall(directory, await clientPackage())
    const command = [process.execPath, '--input-type=module', '--eval', script(gateway.url)]
    const { stdout } = await run(directory, command, 10_000)
    expect({ stdout, tokens: gateway.tokens }).toEqual({ stdout: 'idle\n', tokens: [] })
  },
)

/** The client's tarball, made anew. */
async function clientPackage(): Promise<string> {
  await run(ROOT, ['npm', 'run', '--silent', 'pack'])
  return join(ROOT, 'artifacts/packages/client.tgz')
}
