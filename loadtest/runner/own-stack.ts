import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const START_MS = 60_000
const REMEMBERED = 20

/** Nobody is to be turned away. */
const SETTINGS = {
  PORT: '0',
  REPLICAS: '3',
  RATE_LIMIT: '0',
  CONNECT_LIMIT: '0',
  LLM_API: 'responses',
  DEMO_TOKENS_PER_SECOND: '100',
}

/** What stack.json says. */
interface StackRecord {
  readonly url: string
  readonly replicas: readonly { readonly id: string; readonly port: number; readonly pid: number }[]
}

/** A stack of the load test's own: `npm start` on free ports, in a directory that goes away with it. */
export class OwnStack {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'baton-loadtest-'))
  readonly #said: string[] = []
  readonly #supervisor: ChildProcess

  /** `settings` yield to the environment's, as all of a load test's do. */
  constructor(root: string, settings: Readonly<Record<string, string>>) {
    // Load is for the demo model: nobody pays for that.
    const given = Object.entries(process.env).filter(([name]) => !name.startsWith('OPENAI_'))
    const env = { ...SETTINGS, ...settings, ...Object.fromEntries(given), PORT: '0', DATA_DIR: this.dataDir }
    this.#supervisor = spawn(process.execPath, [join(root, 'dist/stack/main.js')], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // Ctrl-C is the runner's to pass on
    })
    for (const output of [this.#supervisor.stdout, this.#supervisor.stderr]) {
      output?.on('data', (chunk) => {
        this.#said.push(String(chunk))
        this.#said.splice(0, this.#said.length - REMEMBERED)
      })
    }
  }

  /** Resolves once it serves. Rejects, with what it said, where it does not come up. */
  async ready(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + START_MS
    while (this.#read() === null) {
      if (this.#supervisor.exitCode !== null || performance.now() > deadline)
        throw new Error(`the stack did not start:\n${this.#said.join('')}`)
      await pause(50, undefined, { signal })
    }
  }

  get url(): string {
    return this.#record.url
  }

  /** Addresses, BASE_PATH included. */
  get replicas(): readonly string[] {
    const { url, replicas } = this.#record
    const basePath = new URL(url).pathname.replace(/\/$/, '')
    return replicas.map(({ port }) => `http://127.0.0.1:${port}${basePath}`)
  }

  /** SIGKILLs a replica, by its number or any; gives its id. */
  kill(number: number | null): string {
    const { replicas } = this.#record
    const replica = replicas[number ?? Math.floor(Math.random() * replicas.length)]
    if (replica === undefined) throw new Error(`there is no replica ${number}`)
    process.kill(replica.pid, 'SIGKILL')
    return replica.id
  }

  /** Has `stop`, or the end that is under way, wait for nothing. */
  hurry(): void {
    this.#supervisor.kill('SIGTERM')
  }

  async stop(): Promise<void> {
    if (this.#supervisor.exitCode === null && this.#supervisor.signalCode === null) {
      const gone = once(this.#supervisor, 'exit')
      this.#supervisor.kill('SIGTERM')
      await gone
    }
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 })
  }

  get #record(): StackRecord {
    const record = this.#read()
    if (record === null) throw new Error('the stack does not run')
    return record
  }

  #read(): StackRecord | null {
    try {
      return JSON.parse(readFileSync(join(this.dataDir, 'stack.json'), 'utf8')) as StackRecord
    } catch {
      return null
    }
  }
}
