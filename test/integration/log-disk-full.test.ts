import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually, within } from '../support/conditions.ts'
import { freePort } from '../support/redis.ts'

const MAIN = join(import.meta.dirname, '../../dist/main.js')

test('[X6] a log that cannot be written costs the log: the replica serves, and ends when it is told to', async () => {
  const port = await freePort()
  const full = openSync('/dev/full', 'w')
  const env = {
    PATH: process.env.PATH ?? '',
    STORE: 'memory',
    HOST: '127.0.0.1',
    PORT: String(port),
    DRAIN_TIMEOUT: '1',
  }
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', full, 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  closeSync(full)
  const url = `http://127.0.0.1:${port}`
  await eventually('it serves', () =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => child.exitCode !== null,
    ),
  )
  for (let i = 0; i < 20; i++) {
    expect((await fetch(`${url}/api/chat/sessions`, { method: 'POST' })).status).toBe(201)
  }
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toMatch(/^baton_caught_total\{door="process",.*\} 0$/m)
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await within('it ends', ended)).toEqual([0, null])
})
