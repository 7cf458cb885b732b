import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { DirectoryInUse, Guard } from '../../src/stack/guard.ts'

const GUARD = join(import.meta.dirname, '../../src/stack/guard.ts')

test('[R2] one directory has one guard at a time', async () => {
  const { directory, stackFile } = newDirectory()
  const first = await Guard.take(directory, stackFile)
  await expect(Guard.take(directory, stackFile)).rejects.toThrow(DirectoryInUse)
  await first.release()
  await (await Guard.take(directory, stackFile)).release()
})

test('a release ends nothing that still runs', async () => {
  const { directory, stackFile } = newDirectory()
  const sleeper = startSleeper()
  const guard = await Guard.take(directory, stackFile)
  guard.watch([sleeper.pid ?? 0])
  await guard.release()
  expect(sleeper.signalCode).toBeNull()
  process.kill(sleeper.pid ?? 0, 0)
})

test('[R2] a supervisor that is SIGKILLed takes with it what it last told its guard, and stack.json', async () => {
  const { directory, stackFile } = newDirectory()
  const [spared, doomed] = [startSleeper(), startSleeper()]
  process.kill(doomed.pid ?? 0, 'SIGSTOP')
  writeFileSync(stackFile, '{}')
  const program = `
    const { Guard } = await import(${JSON.stringify(GUARD)})
    const guard = await Guard.take(${JSON.stringify(directory)}, ${JSON.stringify(stackFile)})
    guard.watch([${spared.pid}, ${doomed.pid}])
    guard.watch([${doomed.pid}])
    console.log('watched')`
  const supervisor = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(supervisor.stdout, 'data')
  supervisor.kill('SIGKILL')

  await vi.waitFor(() => expect(doomed.signalCode).toBe('SIGKILL'), 5000)
  await vi.waitFor(() => expect(existsSync(stackFile)).toBe(false), 5000)
  expect(spared.signalCode).toBeNull()
})

function newDirectory(): { directory: string; stackFile: string } {
  const directory = mkdtempSync(join(tmpdir(), 'baton-guard-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return { directory, stackFile: join(directory, 'stack.json') }
}

function startSleeper() {
  const sleeper = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
  onTestFinished(() => void sleeper.kill('SIGKILL'))
  return sleeper
}
