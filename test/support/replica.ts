import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { eventually } from './conditions.ts'
import { freePort } from './redis.ts'

const MAIN = join(import.meta.dirname, '../../dist/main.js')
/** For a start on a machine that is busy with much else. */
const START_MS = 45_000
/** Longer than a drain of the tests takes on a busy machine. */
const STOP_MS = 40_000

/** One line that a replica wrote: a log record, or `{ msg }` for what is none. */
export type LogLine = Readonly<Record<string, unknown>>

/** A gateway process on 127.0.0.1. */
export class Replica {
  readonly id: string
  readonly logs: LogLine[] = []
  readonly #env: Record<string, string>
  #program: readonly string[]
  #port = 0
  #process: ChildProcess | null = null
  #expectedToEnd = false
  #crash: string | null = null
  #draining: Readonly<{ child: ChildProcess; ended: Promise<void> }> | null = null

  /** `program`: what Node runs; the product's entry by default. */
  constructor(id: string, env: Record<string, string>, program: readonly string[] = [MAIN]) {
    this.id = id
    this.#env = env
    this.#program = program
  }

  /** From its next start on. */
  becomes(program: readonly string[]): void {
    this.#program = program
  }

  get port(): number {
    return this.#port
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get pid(): number {
    if (this.#process?.pid === undefined) throw new Error(`${this.id} does not run`)
    return this.#process.pid
  }

  get running(): boolean {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** Resident memory in bytes. */
  async memory(): Promise<number> {
    const metrics = await (await fetch(`${this.url}/metrics`)).text()
    return Number(/^process_resident_memory_bytes(?:\{.*\})? (\S+)$/m.exec(metrics)?.[1])
  }

  /**
   * Starts it, again after `kill` on the same port. Resolves once it listens; rejects, with what it said, where it ends
   * before or takes too long, and then it is gone.
   */
  async start(): Promise<void> {
    if (this.#port !== 0) return this.#startAt(this.#port)
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#startAt(await freePort()) // the same for each start: not one that others are given meanwhile
      } catch (error) {
        if (attempt === 5 || !String(error).includes('EADDRINUSE')) throw error // somebody else was quicker
      }
    }
  }

  async #startAt(port: number): Promise<void> {
    if (!existsSync(MAIN)) throw new Error('dist/main.js is missing: npm run build')
    const heard = this.logs.length
    const env = { PATH: process.env.PATH ?? '', ...this.#env, REPLICA_ID: this.id, PORT: String(port) }
    const child = spawn(process.execPath, this.#program, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process = child
    this.#expectedToEnd = false
    this.#listen(child.stdout)
    this.#listen(child.stderr)
    const leaveNothing = () => child.kill('SIGKILL')
    process.once('exit', leaveNothing)
    child.once('exit', (code, signal) => {
      process.off('exit', leaveNothing)
      if (!this.#expectedToEnd) this.#crash = `${this.id} ended by itself: ${signal ?? code}`
    })
    const listens = () => {
      if (!this.running) throw new Error(`${this.id} did not start:\n${this.#said(heard)}`)
      return this.logs.slice(heard).find(({ msg }) => msg === 'listening')
    }
    const line = await eventually(`${this.id} listens`, listens, START_MS).catch(async (error: Error) => {
      await this.kill()
      this.#crash = null // this rejection tells it
      throw new Error(`${error.message}\n${this.#said(heard)}`)
    })
    this.#port = Number(line.port)
  }

  /** SIGKILL. Resolves once the process is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** SIGSTOP: connections stay open and nothing answers. */
  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  /** SIGCONT. */
  thaw(): void {
    this.#process?.kill('SIGCONT')
  }

  /**
   * SIGTERM, and waits for the exit. Rejects where it takes too long, or the exit code is not 0. While it drains already,
   * that is waited for: a second SIGTERM would end it at once.
   */
  drain(): Promise<void> {
    const child = this.#process
    if (child === null || !this.running) return Promise.resolve()
    if (this.#draining?.child !== child) this.#draining = { child, ended: this.#drain(child) }
    return this.#draining.ended
  }

  async #drain(child: ChildProcess): Promise<void> {
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    try {
      await this.#end('SIGTERM')
    } finally {
      clearTimeout(impatience)
    }
    if (child.exitCode !== 0) {
      throw new Error(`${this.id} did not stop well (${child.signalCode ?? child.exitCode}):\n${this.#said(-20)}`)
    }
  }

  /** Waits for an end that others than the test have asked for, and gives the exit code. To be called before they ask. */
  async left(): Promise<number | null> {
    const child = this.#process
    if (child === null) return null
    this.#expectedToEnd = true
    await once(child, 'close')
    return child.exitCode
  }

  /** What went wrong inside it that no answer to a client tells. */
  problems(): string[] {
    const faults = this.logs.filter(({ level, msg }) => level === 'fatal' || msg === 'request failed')
    return [...(this.#crash === null ? [] : [`${this.#crash}\n${this.#said(-20)}`]), ...faults.map(formatLine)]
  }

  /** Its last lines from index `from` on, for people. */
  #said(from: number): string {
    return this.logs.slice(from).map(formatLine).join('\n')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    if (child === null || !this.running) return
    this.#expectedToEnd = true
    const gone = once(child, 'close')
    child.kill('SIGCONT')
    child.kill(signal)
    await gone
  }

  #listen(output: Readable | null): void {
    if (output === null) return
    let rest = ''
    output.setEncoding('utf8').on('data', (text: string) => {
      // By hand: readline also breaks a line at U+2028, which may stand in what a record quotes.
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.logs.push({ replica: this.id, ...parse(line) })
    })
  }
}

function parse(line: string): LogLine {
  try {
    const record: unknown = JSON.parse(line)
    if (typeof record === 'object' && record !== null) return record as LogLine
  } catch {} // not a record: a crash, or a warning of Node's
  return { msg: line }
}

/** For people: without what is the same on every line, and without stacks. */
export function formatLine({ pid: _pid, hostname: _hostname, ...line }: LogLine): string {
  const err = line.err as { message?: unknown } | undefined
  return JSON.stringify(err?.message === undefined ? line : { ...line, err: err.message })
}
