/** Ctrl-C while a measure is taken. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const loadtest = join(import.meta.dirname, '../../loadtest')

test.for([
  ['crowd', ['--idle', '5', '--streams', '2', '--kills', '0']],
  ['scale', ['fleet']],
] as const)('ends npm run %s at once, with a word', { timeout: 60_000 }, async ([name, args]) => {
  const run = execFile(process.execPath, [join(loadtest, name, 'main.ts'), ...args])
  onTestFinished(() => void run.kill('SIGKILL'))
  let complaint = ''
  run.stderr?.on('data', (chunk) => (complaint += chunk))
  await once(run.stdout ?? run, 'data')
  const toldAt = performance.now()
  run.kill('SIGINT')
  expect(await once(run, 'close')).toEqual([130, null])
  expect(performance.now() - toldAt).toBeLessThan(10_000)
  expect(complaint).toBe('interrupted\n')
})
