import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Child, type ChildObserver, describeEnding, type Ending, type Program } from './child.ts'
import { openDataDirectory } from './data-directory.ts'
import { Guard } from './guard.ts'
import { watchHealth } from './health.ts'
import { makePlan, type Plan } from './plan.ts'
import type { Screen } from './screen.ts'
import type { StackSettings } from './settings.ts'
import { endLeftovers, removeStackFile, writeStackFile } from './stack-file.ts'

/** A process ended by itself before it ever served, or a file that the stack needs could not be written. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed'
}

const PROBE_PAUSE_MS = 50
const PROGRESS_MS = 3000
const RECORD_AGAIN_MS = 3000

/**
 * The running stack (R1, R2): starting → ready → stopping. `stack.json` stands from ready on, until everything has ended.
 */
export class Stack implements ChildObserver {
  readonly #screen: Screen
  readonly #children = new Map<Program, Child>()
  /** Ends the health watch of the process that runs. */
  readonly #watches = new Map<Child, AbortController>()
  /** Those that have not served yet. */
  readonly #awaited = new Set<Child>()
  /** How such ones ended by themselves. */
  readonly #failures = new Map<Child, Ending>()
  #settings: StackSettings
  #guard: Guard | undefined
  #plan: Plan | undefined
  #state: 'starting' | 'ready' | 'stopping' = 'starting'
  /** Runs while stack.json does not tell what runs. */
  #recordAgain: NodeJS.Timeout | undefined

  constructor(settings: StackSettings, screen: Screen) {
    this.#settings = settings
    this.#screen = screen
  }

  get #file(): string {
    return join(this.#settings.dataDir, 'stack.json')
  }

  /**
   * Resolves with what runs when nginx and all replicas serve, or with undefined soon after `quit` is aborted. Throws
   * `SettingsError`, `DirectoryInUse`, `PortUnavailable` or `StartFailed`. Whatever it does, `stop` has to follow.
   */
  async start(quit: AbortSignal): Promise<Plan | undefined> {
    const dataDir = openDataDirectory(this.#settings.dataDir)
    this.#settings = { ...this.#settings, dataDir }
    this.#guard = await Guard.take(dataDir, this.#file)
    endLeftovers(this.#file, dataDir)
    const plan = await makePlan(this.#settings).catch((error: unknown) => {
      throw isFromSystem(error) ? new StartFailed(`${dataDir} could not be made ready (${error.message})`) : error
    })
    this.#plan = plan

    // Each finds there what it needs from its first moment.
    await this.#bringUp(plan.redis ? [plan.redis] : [], quit)
    await this.#bringUp([...(plan.model ? [plan.model] : []), ...plan.replicas], quit)
    await this.#bringUp([plan.nginx], quit)
    if (quit.aborted) return undefined
    const problem = this.#tryToRecord()
    if (problem) throw new StartFailed(problem)
    this.#state = 'ready'
    return plan
  }

  /** Ends everything, in the order in which nobody misses what is already gone. Never rejects. */
  async stop(): Promise<void> {
    this.#state = 'stopping'
    clearTimeout(this.#recordAgain)
    for (const watch of this.#watches.values()) watch.abort()
    const { nginx, replicas, model, redis } = this.#plan ?? { replicas: [] }
    await this.#end(nginx)
    // What one process alone holds is lost with it, and nobody can read an answer's rest any more.
    if (this.#settings.redis === 'none') this.hurry()
    await Promise.all(replicas.map((replica) => this.#end(replica)))
    await this.#end(model)
    await this.#end(redis)
    if (this.#guard) removeStackFile(this.#file)
    await this.#guard?.release()
  }

  /** Kills everything, so that `stop` has nothing to wait for, at the price of answers that replicas are finishing. */
  hurry(): void {
    for (const child of this.#children.values()) child.kill()
  }

  started(child: Child): void {
    this.#tellGuard()
    if (this.#state === 'ready') {
      this.#screen.about(child.program.name, `started again on port ${child.program.port} (process ${child.pid})`)
      this.#record()
    }
    const { healthUrl, name } = child.program
    if (healthUrl === undefined) return
    const watch = new AbortController()
    this.#watches.set(child, watch)
    const { healthTimeoutMs } = this.#settings
    const onSilent = (): void => {
      this.#screen.about(name, `has not answered for ${seconds(healthTimeoutMs)}: killed`)
      child.kill()
    }
    void watchHealth(healthUrl, healthTimeoutMs, onSilent, watch.signal)
  }

  ended(child: Child, ending: Ending): void {
    this.#watches.get(child)?.abort()
    this.#tellGuard()
    if (ending.asked || this.#state === 'stopping') return
    if (this.#awaited.has(child) && ending.signal === null) {
      this.#failures.set(child, ending)
      return
    }
    const again = `starts again in ${seconds(this.#settings.restartDelayMs)}`
    this.#screen.about(child.program.name, `ended (${describeEnding(ending)}); ${again}`)
  }

  line(child: Child, text: string): void {
    if (!child.program.quiet && this.#state !== 'stopping') this.#screen.line(child.program.name, text)
  }

  async #bringUp(programs: readonly Program[], quit: AbortSignal): Promise<void> {
    if (quit.aborted) return
    const children = programs.map((program) => new Child(program, this.#settings.restartDelayMs, this))
    for (const child of children) {
      this.#children.set(child.program, child)
      this.#awaited.add(child)
      child.start()
    }
    await Promise.all(children.map((child) => this.#awaitReady(child, quit)))
  }

  /** Asks until the child serves, and says every few seconds what it still lacks. Returns early where the start is over. */
  async #awaitReady(child: Child, quit: AbortSignal): Promise<void> {
    const { name, probe, port } = child.program
    let sayAt = performance.now() + PROGRESS_MS
    while (this.#state === 'starting' && !quit.aborted) {
      const missing = await probe().then(
        () => undefined,
        (error: Error) => error.message,
      )
      const failure = this.#failures.get(child)
      if (failure) throw new StartFailed(failureReport(child, failure))
      if (missing === undefined) {
        this.#awaited.delete(child)
        this.#screen.about(name, `ready on port ${port}`)
        return
      }
      if (performance.now() > sayAt) {
        this.#screen.about(name, `waiting: ${missing}`)
        sayAt += PROGRESS_MS
      }
      await sleep(PROBE_PAUSE_MS, undefined, { signal: quit }).catch(() => {})
    }
  }

  async #end(program: Program | undefined): Promise<void> {
    if (program) await this.#children.get(program)?.stop()
  }

  #tellGuard(): void {
    this.#guard?.watch([...this.#children.values()].flatMap((child) => child.pid ?? []))
  }

  /** Tries again until it can: who reads the file is to find what runs. */
  #record(): void {
    const wasTrue = this.#recordAgain === undefined
    clearTimeout(this.#recordAgain)
    this.#recordAgain = undefined
    const problem = this.#tryToRecord()
    if (problem === undefined) return
    if (wasTrue) this.#screen.warn(`${problem}; it is tried again every ${seconds(RECORD_AGAIN_MS)}`)
    this.#recordAgain = setTimeout(() => this.#record(), RECORD_AGAIN_MS)
  }

  /** Gives a sentence where it cannot be. */
  #tryToRecord(): string | undefined {
    try {
      this.#writeRecord()
      return undefined
    } catch (error) {
      if (!isFromSystem(error)) throw error
      return `stack.json could not be written (${error.message})`
    }
  }

  #writeRecord(): void {
    const plan = this.#plan
    if (plan === undefined) return
    const entry = (program: Program) => ({ port: program.port, pid: this.#children.get(program)?.lastPid ?? 0 })
    writeStackFile(this.#file, {
      url: plan.url,
      ...(plan.redis && { redis: { ...entry(plan.redis), url: plan.redis.url } }),
      nginx: entry(plan.nginx),
      ...(plan.model && { model: entry(plan.model) }),
      replicas: plan.replicas.map((replica) => ({ id: replica.name, ...entry(replica) })),
    })
  }
}

/** As of a disk that is full, or a directory that is gone. */
function isFromSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function failureReport(child: Child, ending: Ending): string {
  const lines = child.lastLines.map((line) => `  ${line}`)
  return [`${child.program.name} did not start: ${describeEnding(ending)}`, ...lines].join('\n')
}

function seconds(ms: number): string {
  return `${ms / 1000} s`
}
