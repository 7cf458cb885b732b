import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Child, describeEnding, type Ending, LARGE_LOG_BYTES } from '../../src/stack/child.ts'

const waitFor = (look: () => void) => vi.waitFor(look, 15_000)

test('[R2] a process that dies is started again after the delay, by another process', async () => {
  const { child, started, ended } = run('sleep 1000')
  const first = child.pid
  process.kill(first ?? 0, 'SIGKILL')
  await waitFor(() => expect(started).toHaveLength(2))
  expect(child.pid).not.toBe(first)
  expect(ended.map(describeEnding)).toEqual(['SIGKILL'])
})

test('between two processes it still names the last one', async () => {
  const { child, ended } = run('sleep 1000', { restartDelayMs: 600_000 })
  const first = child.pid
  child.kill()
  await waitFor(() => expect(ended).toHaveLength(1))
  expect(child.pid).toBeUndefined()
  expect(child.lastPid).toBe(first)
})

test('a stop while the restart is awaited leaves nothing that starts', async () => {
  const { child, started, ended } = run('exit 3', { restartDelayMs: 50 })
  await waitFor(() => expect(ended.length).toBeGreaterThan(0))
  await child.stop()
  const count = started.length
  await sleep(150) // Three times the delay after which it would have come back.
  expect(started).toHaveLength(count)
})

test('it is asked to end, and its last words are kept', async () => {
  const { child, logFile, ended } = run(`trap 'echo bye; exit 0' TERM; echo hello; while :; do sleep 0.01; done`)
  await waitFor(() => expect(child.lastLines).toContain('hello'))
  await child.stop()
  expect(ended).toMatchObject([{ asked: true, code: 0 }])
  await waitFor(() => expect(readFileSync(logFile, 'utf8')).toBe('hello\nbye\n'))
})

test('what it printed before a restart, and in the run before, is kept', async () => {
  const logFile = join(temporary(), 'log')
  writeFileSync(logFile, 'the run before\n')
  const { started } = run('echo up; exit 1', { logFile })
  await waitFor(() => expect(started.length).toBeGreaterThan(2))
  await waitFor(() => expect(readFileSync(logFile, 'utf8')).toMatch(/^the run before\nup\nup\n/))
})

test('a log that has grown large by the start makes way to a new one, and is kept until that has grown as large', async () => {
  const logFile = join(temporary(), 'log')
  const long = `${'x'.repeat(LARGE_LOG_BYTES)}\n`
  writeFileSync(logFile, long)
  writeFileSync(`${logFile}.1`, 'the one before')
  run('echo up; sleep 1000', { logFile })
  await waitFor(() => expect(readFileSync(logFile, 'utf8')).toBe('up\n'))
  expect(readFileSync(`${logFile}.1`, 'utf8') === long).toBe(true)
})

test('[R1] one that will not end is killed after its time', async () => {
  const { child, ended } = run(`trap '' TERM; echo up; while :; do sleep 0.01; done`, { stopMs: 200 })
  await waitFor(() => expect(child.lastLines).toContain('up'))
  await child.stop()
  expect(ended).toMatchObject([{ asked: true, signal: 'SIGKILL' }])
})

test('[R1] one that is frozen is woken, so that it can end in order', async () => {
  const { child, ended } = run(`trap 'exit 7' TERM; echo up; while :; do sleep 0.01; done`, { stopMs: 20_000 })
  await waitFor(() => expect(child.lastLines).toContain('up'))
  process.kill(child.pid ?? 0, 'SIGSTOP')
  await child.stop()
  expect(ended).toMatchObject([{ asked: true, code: 7 }])
})

test('what it leaves behind when it dies is ended with it', async () => {
  const { child } = run('sleep 1000 & echo $!; wait')
  await waitFor(() => expect(child.lastLines).toHaveLength(1))
  const orphan = Number(child.lastLines[0])
  process.kill(child.pid ?? 0, 'SIGKILL')
  await waitFor(() => expect(isGone(orphan)).toBe(true))
})

test('a program that is not installed is an ending, not an exception', async () => {
  const { ended } = run('', { command: 'no-such-program-here', restartDelayMs: 600_000 })
  await waitFor(() => expect(ended.map(describeEnding)).toEqual(['not installed']))
})

test('a working directory that was removed is not taken for a program that is not installed', async () => {
  const { child, ended, cwd } = run('sleep 1000')
  rmSync(cwd, { recursive: true })
  child.kill()
  await waitFor(() => expect(ended.map(describeEnding).slice(0, 2)).toEqual(['SIGKILL', `${cwd} is gone`]))
})

interface Options {
  readonly restartDelayMs?: number
  readonly stopMs?: number
  readonly command?: string
  readonly logFile?: string
}

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'baton-child-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function run(script: string, { restartDelayMs = 20, stopMs = 5000, command = 'sh', ...given }: Options = {}) {
  const cwd = temporary()
  const logFile = given.logFile ?? join(cwd, 'log')
  const started: number[] = []
  const ended: Ending[] = []
  const program = { name: 'x', port: 0, command, args: ['-c', script], env: process.env, cwd, logFile, stopMs }
  const child = new Child({ ...program, probe: async () => {} }, restartDelayMs, {
    started: ({ pid = 0 }) => started.push(pid),
    ended: (_, ending) => ended.push(ending),
    line: () => {},
  })
  onTestFinished(async () => {
    const stopped = child.stop()
    child.kill()
    await stopped
  })
  child.start()
  return { child, started, ended, logFile, cwd }
}

function isGone(pid: number): boolean {
  return !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}
