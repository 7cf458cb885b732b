import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readUsage } from '../../deploy/usage.mjs'
import { readStackFile } from '../../src/stack/stack-file.ts'
import type { BatonLauncher } from '../../src/widget/launcher-element.ts'
import { Desktop } from './desktop.ts'
import { Visitor } from './visitor.ts'

readUsage(`npm run screen-reader

Plays a visit by keyboard alone, with Orca beside it, and prints what Orca says. It judges nothing, and takes a minute and a
half. Where something to run it is missing, it says what to install.

Exit code: 0 the visit was played, 1 it could not be, 2 a wrong option, 130 stopped by Ctrl-C.
`)

const root = join(import.meta.dirname, '../..')
const dataDir = join(root, '.baton/screen-reader')
const stackNow = () => readStackFile(join(dataDir, 'stack.json'))

/** Runs `work` with the address of a stack's nginx. */
async function withStack(work: (url: string) => Promise<void>): Promise<void> {
  const env = { ...process.env, PORT: '0', DATA_DIR: dataDir, DEMO_TOKENS_PER_SECOND: '25' }
  const main = join(root, 'dist/stack/main.js')
  const stack = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(stack, 'exit')
  try {
    while (stackNow() === undefined && stack.exitCode === null) await pause(200)
    await work(stackNow()?.url ?? '')
  } finally {
    stack.kill('SIGTERM')
    await ended
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Runs `work` with the address of a site that embeds the widget. */
async function withSite(gateway: string, work: (url: string) => Promise<void>): Promise<void> {
  const site = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><html lang="en"><title>A site</title><h1>A site</h1>
<script type="module" src="${gateway}/widget.js" data-launcher></script></html>`)
  }).listen(0, '127.0.0.1')
  await once(site, 'listening')
  try {
    await work(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
  } finally {
    site.close()
  }
}

/** Kills the replica that the visitor is connected to. */
async function killServing({ page }: Visitor): Promise<void> {
  const launcher = page.locator('baton-launcher')
  const serving = await launcher.evaluate((element) => (element as BatonLauncher).state?.replica)
  const victim = stackNow()?.replicas.find(({ id }) => id === serving)
  if (victim !== undefined) process.kill(victim.pid, 'SIGKILL')
}

async function visit(visitor: Visitor, url: string): Promise<void> {
  const { page } = visitor
  await visitor.step('The page', async () => {
    await page.goto(url)
    await page.locator('baton-chat:defined').waitFor({ state: 'attached' })
    await page.mouse.click(300, 300) // out of the browser's own controls
  })
  await visitor.go('Tab', 'Open chat')
  await visitor.press('Enter opens the panel', 'Return')
  await visitor.step('A question, and its answer', async () => {
    visitor.ask('Repeat after me: `one` **two** three')
    await visitor.button('Regenerate').waitFor()
  })
  await visitor.go('shift+Tab', 'Copy')
  await visitor.press('Space copies', 'space')
  await visitor.go('Tab', 'Regenerate')
  await visitor.press('Space regenerates', 'space')
  await visitor.step('A long answer, whose replica is killed', async () => {
    visitor.ask('Tell me a long story.')
    await visitor.button('Stop').waitFor()
    await pause(3000)
    await killServing(visitor)
  })
  await visitor.go('Tab', 'Stop')
  await visitor.press('Space stops', 'space')
  await visitor.go('shift+Tab', 'Conversations')
  await visitor.press('Space opens the list', 'space')
  await visitor.go('Tab', 'Delete')
  await visitor.press('Space deletes', 'space')
  await visitor.press('Space takes it back', 'space')
  await visitor.press('Escape leads back to the conversation', 'Escape')
  await visitor.press('Escape closes the panel', 'Escape')
}

async function main(): Promise<void> {
  const desktop = await Desktop.start()
  try {
    await withStack((gateway) =>
      withSite(gateway, async (url) => {
        const visitor = await Visitor.start(desktop)
        await visit(visitor, url).finally(() => visitor.leave())
      }),
    )
  } finally {
    await desktop.stop()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
