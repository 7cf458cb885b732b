import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually, within } from '../support/conditions.ts'
import { freePort } from '../support/redis.ts'

const MAIN = join(import.meta.dirname, '../../dist/main.js')

/** A replica that logs to `stdout`, once it serves. */
async function startLoggingTo(stdout: 'pipe' | number): Promise<{ child: ChildProcess; url: string }> {
  const port = await freePort()
  const env = {
    PATH: process.env.PATH ?? '',
    STORE: 'memory',
    HOST: '127.0.0.1',
    PORT: String(port),
    DRAIN_TIMEOUT: '1',
  }
  const stdio: StdioOptions = ['ignore', stdout, 'ignore']
  const child = spawn(process.execPath, [MAIN], { env, stdio })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdout?.resume()
  const url = `http://127.0.0.1:${port}`
  await eventually('it serves', () =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => child.exitCode !== null,
    ),
  )
  return { child, url }
}

async function endOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  return within('it ends', ended)
}

test('[X6] a log that cannot be written costs the log: the replica serves, and ends when it is told to', async () => {
  const full = openSync('/dev/full', 'w')
  const { child, url } = await startLoggingTo(full)
  closeSync(full)
  for (let i = 0; i < 20; i++) {
    expect((await fetch(`${url}/api/chat/sessions`, { method: 'POST' })).status).toBe(201)
  }
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toMatch(/^baton_caught_total\{door="process",.*\} 0$/m)
  expect(await endOf(child)).toEqual([0, null])
})

test('[F5] a replica ends when it is told to, also where whoever read its log has gone', async () => {
  const { child } = await startLoggingTo('pipe')
  child.stdout?.destroy()
  expect(await endOf(child)).toEqual([0, null])
})
