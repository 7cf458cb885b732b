import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { readStackFile, type StackRecord } from '../../src/stack/stack-file.ts'

const SUPERVISOR = join(import.meta.dirname, '../../dist/stack/main.js')
const PATIENCE_MS = 30_000
const POLL_MS = 20

/** `npm start` without npm: a supervisor process and what it said. */
export interface RunningStack {
  readonly supervisor: ChildProcess
  readonly dataDir: string
  /** Everything that it has printed so far. */
  output(): string
  /** What stack.json holds at present; throws where there is none. */
  record(): StackRecord
  hasRecord(): boolean
  /** Resolves with the exit code, or with the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
}

/** A directory that goes away with the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'baton-stack-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }))
  return directory
}

/** Starts a supervisor; does not wait for anything. Whatever is left of it when the test ends is killed. */
export function launchStack(env: Record<string, string>): RunningStack {
  const dataDir = env.DATA_DIR ?? temporaryDirectory()
  const { PATH = '', HOME = '/' } = process.env
  const supervisor = spawn(process.execPath, [SUPERVISOR], {
    env: { PATH, HOME, PORT: '0', REPLICAS: '2', RESTART_DELAY_MS: '100', ...env, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [supervisor.stdout, supervisor.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const ended = once(supervisor, 'close').then(([code, signal]) => code ?? signal)
  const file = join(dataDir, 'stack.json')
  onTestFinished(async () => {
    supervisor.kill('SIGKILL') // Its guard ends the rest.
    await ended
    await eventually(() => !existsSync(file), 'stack.json is gone')
  })
  return {
    supervisor,
    dataDir,
    output: () => output,
    record: () => readStackFile(file) ?? fail(`no stack.json; the supervisor said:\n${output}`),
    hasRecord: () => existsSync(file),
    ended,
  }
}

/** Starts a stack and waits until it is ready. */
export async function startStack(env: Record<string, string> = {}): Promise<RunningStack> {
  const stack = launchStack(env)
  const early = stack.ended.then((how) => fail(`the stack ended (${how}):\n${stack.output()}`))
  await Promise.race([
    early,
    eventually(() => stack.output().includes('Ctrl-C stops everything'), 'the stack is ready'),
  ])
  early.catch(() => {})
  return stack
}

/** Every process that the record names. */
export function pidsOf({ redis, nginx, model, replicas }: StackRecord): number[] {
  return [redis, nginx, model, ...replicas].flatMap((one) => one?.pid ?? [])
}

/** A replica as stack.json has it. */
export function replica(stack: RunningStack, id: string): { pid: number; port: number } {
  const found = stack.record().replicas.find((one) => one.id === id)
  if (found === undefined) throw new Error(`stack.json has no ${id}`)
  return found
}

/** Its child processes whose command line has `word`. */
export function childrenOf(parent: number, word: string): number[] {
  const tasks = textOf(`/proc/${parent}/task/${parent}/children`).trim().split(' ').map(Number)
  return tasks.filter((pid) => textOf(`/proc/${pid}/cmdline`).includes(word))
}

/** Nothing where it cannot be read. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Whether a process lives; one that is dead but not yet waited for by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Waits until `holds` gives something true, and gives that; fails after half a minute. */
export async function eventually<T>(holds: () => T | Promise<T>, what: string): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    const result = await holds()
    if (result) return result
    await sleep(POLL_MS)
  }
  return fail(`waited ${PATIENCE_MS} ms in vain until ${what}`)
}

/** Resolves with the status that `url` answers, 0 where nobody answers. */
export async function statusAt(url: string): Promise<number> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) })
    await response.body?.cancel()
    return response.status
  } catch {
    return 0
  }
}

function fail(message: string): never {
  throw new Error(message)
}
