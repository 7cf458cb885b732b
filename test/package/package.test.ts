import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { BatonClient, Message } from '../../src/client/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { type FileServer, serveFiles } from '../support/file-server.ts'
import { ScriptedGateway } from '../support/scripted-gateway.ts'
import { event, type Step, silence } from '../support/scripted-model.ts'
import { CURRENT, InstalledProject, OLDEST, OLDEST_7, type Versions } from './installed.ts'

declare global {
  interface Window {
    client: BatonClient
  }
}

let site: FileServer | undefined
/** What `site` was built with. */
let built: Versions | undefined
const LOST_CONNECTION = /WebSocket connection to|ERR_CONNECTION_REFUSED/

const PIECES = Array.from({ length: 60 }, (_, i) => `${i} 四🏽 `)
const FIRST = PIECES.slice(0, 30).join('')
const REST = PIECES.slice(30).join('')
const WHOLE = FIRST + REST

let cluster: Cluster
let project: InstalledProject
let browser: Browser
let context: BrowserContext
const complaints: string[] = []

beforeAll(async () => {
  ;[cluster, project, browser] = await Promise.all([
    startCluster({ replicas: 3, nginx: true }),
    InstalledProject.create('client'),
    launchBrowser(),
  ])
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
  project?.remove()
  await cluster?.stop()
})
beforeEach(async () => {
  context = await browser.newContext({ locale: 'en-US' })
  context.setDefaultTimeout(15_000)
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('console', (line) => {
    if (line.type() === 'error' && !LOST_CONNECTION.test(line.text())) complaints.push(line.text())
  })
})
afterEach(async () => {
  await context.close()
  expect(complaints.splice(0)).toEqual([])
})

describe('in an empty Node project', () => {
  beforeAll(() => project.add('ask.mjs'))

  test('the client talks to a gateway', async () => {
    cluster.model.say(PIECES)
    const { stdout } = await project.run(process.execPath, 'ask.mjs', cluster.urlOf('nginx'), 'go')
    expect(stdout).toBe(`${WHOLE}\ntoo_large`)
  })

  test('its browser bundle holds nothing of Node, and is as small as it is said to be', async () => {
    const { outputFiles, warnings } = await build({
      stdin: { contents: `export * from '@baton-chat/client'`, resolveDir: project.directory },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      write: false,
    })
    expect(warnings).toEqual([])
    expect(gzipSync(outputFiles[0]?.contents ?? '').length).toBeLessThan(24 * 1024)
  })

  test('a bundle of the widget holds no colours of code; who wants them has them loaded where there is code', async () => {
    const bundled = async (contents: string, splitting: boolean) => {
      const stdin = { contents, resolveDir: project.directory }
      const how = {
        bundle: true,
        minify: true,
        metafile: true,
        write: false,
        format: 'esm',
        platform: 'browser',
      } as const
      return build({ ...how, stdin, splitting, outdir: project.path('bundled') })
    }
    const isColour = (path: string) => /colours-\w+\.js$/.test(path)
    const plain = await bundled("import '@baton-chat/client/widget'", false)
    expect(plain.warnings).toEqual([])
    expect(Object.keys(plain.metafile.inputs).filter(isColour)).toEqual([])
    // With all that the widget itself would load later.
    expect(gzipSync(plain.outputFiles[0]?.contents ?? '').length).toBeLessThan(80 * 1024)

    const { metafile } = await bundled(
      "import '@baton-chat/client/widget'; import '@baton-chat/client/widget/colours'",
      true,
    )
    const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === '<stdin>')
    expect(Object.keys(metafile.inputs).filter(isColour)).toHaveLength(1)
    expect(Object.keys(output?.inputs ?? {}).filter(isColour)).toEqual([])
  })

  test('the widget can be imported where there is no DOM, as a server that renders does', async () => {
    const look =
      "import('@baton-chat/client/widget').then(({ BatonChat }) => console.log(typeof BatonChat, typeof customElements))"
    expect((await project.run(process.execPath, '-e', look)).stdout).toBe('function undefined\n')
  })
})

async function goTo(page: string, gateway = cluster.urlOf('nginx')): Promise<Page> {
  const tab = await context.newPage()
  await tab.goto(`${site?.url}/?page=${page}&gateway=${encodeURIComponent(gateway)}`)
  return tab
}

async function open(page: string, gateway?: string): Promise<Page> {
  const tab = await goTo(page, gateway)
  await tab.waitForFunction(() => window.client.state.connection === 'online')
  return tab
}

async function ask(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text)
  await page.getByLabel('Message').press('Enter')
}

const texts = (page: Page) => page.getByRole('article').allTextContents()

async function reads(page: Page, expected: readonly string[]): Promise<void> {
  await eventually(`the page reads ${JSON.stringify(expected).slice(0, 200)}`, async () => {
    const now = await texts(page)
    return now.length === expected.length && now.every((text, i) => text === expected[i])
  }).catch(async (error) => {
    expect(await texts(page)).toEqual(expected)
    throw error
  })
}

async function says(page: Page, status: string): Promise<void> {
  await page.getByRole('status').filter({ hasText: status }).waitFor()
}

const thought = (text: string): Step => event({ choices: [{ index: 0, delta: { reasoning_content: text } }] })

describe.each([
  { age: 'current', versions: CURRENT, page: 'use-chat', idle: 'ready', busy: 'streaming' },
  { age: 'current', versions: CURRENT, page: 'use-baton', idle: 'online', busy: 'answering' },
  { age: 'oldest', versions: OLDEST, page: 'use-chat', idle: 'ready', busy: 'streaming' },
  { age: 'oldest', versions: OLDEST, page: 'use-baton', idle: 'online', busy: 'answering' },
  { age: 'oldest AI SDK 7', versions: OLDEST_7, page: 'use-chat', idle: 'ready', busy: 'streaming' },
])('$page in a Vite and React project, $age versions, under StrictMode', ({ versions, page: name, idle, busy }) => {
  beforeAll(async () => {
    if (built === versions) return
    await site?.close()
    site = await serveFiles(await project.buildReactApp(versions))
    built = versions
  })

  test('[D4] talks, stops, and makes an answer again', async () => {
    cluster.model.say('the first try')
    const page = await open(name)
    await ask(page, 'go')
    await reads(page, ['go', 'the first try'])
    await says(page, idle)
    cluster.model.script(() => ['the second try, kept ', silence])
    const before = cluster.model.disconnects
    await page.getByRole('button', { name: 'Regenerate' }).click()
    await reads(page, ['go', 'the second try, kept '])
    await page.getByRole('button', { name: 'Stop' }).click()
    await cluster.model.until(() => cluster.model.disconnects > before)
    await says(page, idle)
    await reads(page, ['go', 'the second try, kept '])
    cluster.model.say('and on')
    await ask(page, 'next')
    await reads(page, ['go', 'the second try, kept ', 'next', 'and on'])
  })

  test('[D3] an answer whose text starts again shows the new text alone', async () => {
    const gateway = await ScriptedGateway.start()
    onTestFinished(() => gateway.close())
    gateway.on('message:send', (request) => {
      const sent = gateway.take(request)
      const answer: Message = { ...sent.answer, status: 'streaming' }
      gateway.messages[1] = answer
      return { ...sent, answer }
    })
    const tell = (part: Partial<Message>) => {
      const message = { ...(gateway.messages[1] as Message), ...part }
      gateway.messages[1] = message
      gateway.tell('message', { sessionId: gateway.sessionId, message })
    }
    const page = await open(name, gateway.url)
    await ask(page, 'go')
    await says(page, busy)
    tell({ content: 'the first tr' })
    await reads(page, ['go', 'the first tr'])
    tell({ content: 'another', attempt: 2 })
    await reads(page, ['go', 'another'])
    tell({ content: 'another one', attempt: 2, status: 'complete', metadata: { finish_reason: 'stop' } })
    await reads(page, ['go', 'another one'])
    await says(page, idle)
  })

  if (name === 'use-baton') {
    test('[F7] says what the model does until there is text', async () => {
      const latch = new Latch()
      cluster.model.script(async function* () {
        yield thought('Let me see.')
        await latch.opened
        yield 'said at last'
      })
      const page = await open(name)
      await ask(page, 'go')
      await says(page, 'thinking')
      latch.open()
      await reads(page, ['go', 'said at last'])
      await says(page, idle)
    })

    test('[W1] <baton-chat> is a tag like others, with its types', async () => {
      cluster.model.say('in the element')
      const page = await goTo('element')
      await page.getByText('How may I help?').waitFor()
      await page.getByRole('textbox', { name: 'Message' }).fill('go')
      await page.keyboard.press('Enter')
      await page.getByRole('article').filter({ hasText: 'in the element' }).waitFor()
    })
  }

  test('[W3] a reload in the middle of an answer loses nothing and doubles nothing', async () => {
    const latch = cluster.model.saysInTwo(FIRST, REST)
    const page = await open(name)
    await ask(page, 'go')
    await reads(page, ['go', FIRST])
    await page.reload()
    await reads(page, ['go', FIRST])
    await says(page, busy)
    latch.open()
    await reads(page, ['go', WHOLE])
    await says(page, idle)
    await page.reload()
    await reads(page, ['go', WHOLE])
  })

  test('[F2] the replica that serves and writes is killed: not a character differs', async () => {
    const latch = cluster.model.saysInTwo(FIRST, REST)
    const page = await open(name)
    await ask(page, 'go')
    await reads(page, ['go', FIRST])
    const serving = await page.evaluate(() => window.client.state.replica)
    const replica = cluster.replicas.find(({ id }) => id === serving)
    await replica?.kill()
    try {
      latch.open()
      await reads(page, ['go', WHOLE])
      await says(page, idle)
      const answer = await page.evaluate(() => window.client.state.messages.at(-1))
      expect(answer).toMatchObject({ content: WHOLE, status: 'complete' })
      expect(answer?.metadata.replicas).toEqual([serving, expect.stringMatching(/^r\d$/)])
    } finally {
      await replica?.start()
    }
  })
})

test('[W1] [W3] a plain HTML page with the files of the package: the widget, and the SDK without a bundler', async () => {
  cluster.model.say('from the package')
  const directory = mkdtempSync(join(tmpdir(), 'baton-plain-'))
  cpSync(project.path('node_modules/@baton-chat/client/dist/public'), directory, { recursive: true })
  const gateway = cluster.urlOf('nginx')
  writeFileSync(
    join(directory, 'index.html'),
    `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Plain</title><body>
    <script type="module" src="./widget.js" data-launcher data-server="${gateway}"></script>
    <script type="module">
      import { BatonClient } from './client.js'
      window.client = new BatonClient({ url: '${gateway}' })
    </script></body></html>`,
  )
  const plain = await serveFiles(directory)
  try {
    const page = await context.newPage()
    await page.goto(plain.url)
    await page.getByRole('button', { name: 'Open chat' }).click()
    await page.getByRole('status').filter({ hasText: 'Connected' }).waitFor()
    await page.getByRole('textbox', { name: 'Message' }).fill('go')
    await page.keyboard.press('Enter')
    await page.getByRole('article').filter({ hasText: 'from the package' }).waitFor()
    const same = await page.evaluate(async () => {
      await window.client.open()
      const { messages } = window.client.state
      window.client.close()
      return messages.map(({ content }) => content)
    })
    expect(same).toEqual(['go', 'from the package'])
  } finally {
    await plain.close()
    rmSync(directory, { recursive: true, force: true })
  }
})
