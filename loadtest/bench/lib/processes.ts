import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

/** The bench was asked to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

interface Running {
  readonly name: string
  readonly process: ChildProcess
  readonly lastLines: string[]
}

const REMEMBERED_LINES = 15

/** Every process that the bench has started. One that dies by itself ends the bench; none outlives it. */
export class Processes {
  readonly #running = new Set<Running>()
  readonly #trouble = Promise.withResolvers<never>()

  constructor() {
    this.#trouble.promise.catch(() => {}) // there may be nobody who waits just then
    process.once('exit', () => this.#killAll())
  }

  /** Starts a program; with `channel` it can be called by `remote`. Lines that it prints go to `onLine` too. */
  start(
    name: string,
    command: string,
    args: readonly string[],
    {
      env,
      cwd,
      channel = false,
      onLine,
    }: { env?: NodeJS.ProcessEnv; cwd?: string; channel?: boolean; onLine?: (line: string) => void } = {},
  ): ChildProcess {
    const child = spawn(command, args, {
      env: env ?? process.env,
      cwd,
      // Its own session: Ctrl-C in the terminal reaches the bench only, which then ends the rest.
      detached: true,
      serialization: 'advanced',
      stdio: channel ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
    })
    const running: Running = { name, process: child, lastLines: [] }
    this.#running.add(running)
    for (const output of [child.stdout, child.stderr]) {
      if (output === null) continue
      createInterface({ input: output }).on('line', (line) => {
        running.lastLines.push(line)
        if (running.lastLines.length > REMEMBERED_LINES) running.lastLines.shift()
        onLine?.(line)
      })
    }
    child.once('error', (error) => this.#trouble.reject(new Error(`${name} could not be started: ${error.message}`)))
    child.once('close', (code, signal) => {
      if (!this.#running.delete(running)) return
      const said = running.lastLines.map((line) => `\n  ${line}`).join('')
      this.#trouble.reject(new Error(`${name} ended in the middle of the run (${signal ?? `code ${code}`})${said}`))
    })
    return child
  }

  /** `work`, unless a process dies or the bench is interrupted meanwhile: then it rejects at once. */
  during<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#trouble.promise])
  }

  interrupt(): void {
    this.#trouble.reject(new Interrupted('interrupted'))
  }

  /** Kills a process and resolves once it is gone. There is nothing in it that would be worth a goodbye. */
  async stop(child: ChildProcess): Promise<void> {
    for (const running of this.#running) {
      if (running.process !== child) continue
      this.#running.delete(running)
      const gone = once(child, 'close')
      killGroup(child)
      await gone
    }
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((running) => this.stop(running.process)))
  }

  #killAll(): void {
    for (const { process: child } of this.#running) killGroup(child)
  }
}

/** With all that it has started: nginx's workers outlive their master. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}

/** A loopback port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

export function pidOf(child: Pick<ChildProcess, 'pid'>): number {
  if (child.pid === undefined) throw new Error('a process that did not start has no id')
  return child.pid
}
