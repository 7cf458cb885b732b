import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, existsSync, renameSync, statSync, type WriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** A program that the stack runs, and how it is judged. */
export interface Program {
  readonly name: string
  readonly port: number
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Working directory; lies in the stack's data directory. */
  readonly cwd: string
  /** Every line that it prints is kept here, behind those of earlier runs. */
  readonly logFile: string
  /** What it prints is for the log file: too much of it is of no use in the terminal. */
  readonly quiet?: boolean
  /** How long it may take to end after SIGTERM, in milliseconds; then it is killed. */
  readonly stopMs: number
  /** Resolves when it serves; rejects with an `Error` that says what is missing. */
  readonly probe: () => Promise<void>
  /** Any answer from here is a sign of life (R2). Absent where there is no such place. */
  readonly healthUrl?: string
}

/** How a process ended. `asked`: the stack wanted it to. */
export interface Ending {
  readonly asked: boolean
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Why it could not be started at all. */
  readonly error?: Error
}

export interface ChildObserver {
  started(child: Child): void
  ended(child: Child, ending: Ending): void
  line(child: Child, text: string): void
}

const REMEMBERED_LINES = 12

/** A log of this size makes way to a new one at the next start of the stack. */
export const LARGE_LOG_BYTES = 10 * 1024 * 1024

/**
 * One supervised process: started, started again after a delay whenever it dies, until it is stopped (R2).
 *
 * It leads a session of its own, so that Ctrl-C in the terminal reaches the supervisor only, and so that whatever it
 * leaves behind when it dies (nginx's workers go on without their master, and hold its port) can be ended with it.
 */
export class Child {
  readonly program: Program
  readonly #observer: ChildObserver
  readonly #restartDelayMs: number
  readonly #lastLines: string[] = []
  #log: WriteStream | undefined
  #process: ChildProcess | undefined
  #restart: NodeJS.Timeout | undefined
  #wanted = false
  #lastPid: number | undefined

  constructor(program: Program, restartDelayMs: number, observer: ChildObserver) {
    this.program = program
    this.#restartDelayMs = restartDelayMs
    this.#observer = observer
  }

  /** Of the process that runs; undefined while none does. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Of the process that runs or, between two of them, of the one that was the last. */
  get lastPid(): number | undefined {
    return this.#lastPid
  }

  /** The end of what it printed, oldest first. */
  get lastLines(): readonly string[] {
    return this.#lastLines
  }

  start(): void {
    this.#wanted = true
    this.#log = openLog(this.program.logFile)
    this.#spawn()
  }

  /** SIGKILL, as for a process that hangs: it is started again unless it is being stopped. */
  kill(): void {
    killGroup(this.pid)
  }

  /** Asks the process to end, kills it where it does not, and resolves when it is gone for good. */
  async stop(): Promise<void> {
    this.#wanted = false
    clearTimeout(this.#restart)
    const running = this.#process
    if (running?.pid !== undefined) {
      const gone = new Promise((resolve) => running.once('close', resolve))
      running.kill('SIGTERM')
      // A stopped process (SIGSTOP) would not even notice.
      running.kill('SIGCONT')
      const limit = setTimeout(() => this.kill(), this.program.stopMs)
      await gone
      clearTimeout(limit)
    }
    this.#log?.end()
  }

  #spawn(): void {
    const { command, args, env, cwd } = this.program
    const started = spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process = started
    this.#lastPid = started.pid ?? this.#lastPid
    for (const output of [started.stdout, started.stderr]) {
      createInterface({ input: output }).on('line', (text) => this.#print(text))
    }
    started.once('exit', (code, signal) => this.#ended({ asked: !this.#wanted, code, signal }))
    started.once('error', (problem) => {
      // The system says ENOENT of the directory as of the program.
      const error = existsSync(cwd) ? problem : new Error(`${cwd} is gone`)
      if (started.pid === undefined) this.#ended({ asked: !this.#wanted, code: null, signal: null, error })
    })
    if (started.pid !== undefined) this.#observer.started(this)
  }

  #ended(ending: Ending): void {
    killGroup(this.pid)
    this.#process = undefined
    if (this.#wanted) this.#restart = setTimeout(() => this.#spawn(), this.#restartDelayMs)
    this.#observer.ended(this, ending)
  }

  #print(text: string): void {
    this.#log?.write(`${text}\n`)
    this.#lastLines.push(text)
    if (this.#lastLines.length > REMEMBERED_LINES) this.#lastLines.shift()
    this.#observer.line(this, text)
  }
}

/** Goes on behind what earlier runs have logged: lines of the audit log are among it. */
function openLog(file: string): WriteStream {
  try {
    if (statSync(file).size >= LARGE_LOG_BYTES) renameSync(file, `${file}.1`)
  } catch {
    // There is none yet, or it stays where it is.
  }
  // A full disk costs the log, not the stack.
  return createWriteStream(file, { flags: 'a' }).on('error', () => {})
}

/** SIGKILL to the process and all that it started. Nothing where they are gone. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // None of them is left.
  }
}

/** `code 1`, `SIGKILL`, or why it never started. */
export function describeEnding({ code, signal, error }: Ending): string {
  if (error) return 'code' in error && error.code === 'ENOENT' ? 'not installed' : error.message
  return signal ?? `code ${code}`
}
