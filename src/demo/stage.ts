import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FILES, schema } from '../config/schema.ts'
import { withoutProxyHere } from '../stack/environment.ts'
import type { Plan } from '../stack/plan.ts'
import type { Screen } from '../stack/screen.ts'
import { readStackSettings } from '../stack/settings.ts'
import { Stack } from '../stack/stack.ts'
import { readStackFile } from '../stack/stack-file.ts'

/** Any other setting may lead the demo away from its own Redis and model, whose answer it knows. The usage text lists these. */
const TAKEN = ['LLM_API', 'LLM_RESUME', 'LLM_CONTINUE', 'LEASE_MS']
const NOT_HERE = [...Object.keys(schema.shape), ...FILES, 'HEALTH_TIMEOUT_MS'].filter((name) => !TAKEN.includes(name))
const DEFAULTS = { DEMO_TOKENS_PER_SECOND: '60', DRAIN_TIMEOUT: '2' }
/** Longer than the show: who was killed stays away. */
const RESTART_DELAY_MS = '600000'

/** What the demo model says of its work. */
export interface ModelActivity {
  /** Tokens generated since its start. */
  readonly tokens: number
}

/** The stack that the demo plays on, on free ports, in a directory that goes away with it. */
export class Stage {
  readonly dataDir = join(tmpdir(), `baton-demo-${randomBytes(4).toString('hex')}`)
  readonly #stack: Stack
  #plan: Plan | undefined

  /** Takes the process's environment over: the replicas inherit it. */
  constructor(screen: Screen) {
    for (const name of NOT_HERE) delete process.env[name]
    const own = { PORT: '0', REPLICAS: '3', DATA_DIR: this.dataDir, RESTART_DELAY_MS, LOG_LEVEL: 'info' }
    Object.assign(process.env, { ...DEFAULTS, ...process.env, ...withoutProxyHere(process.env), ...own })
    this.#stack = new Stack(readStackSettings(process.env), screen)
  }

  /** Resolves once everything serves; early where `quit` is aborted. */
  async start(quit: AbortSignal): Promise<void> {
    this.#plan = await this.#stack.start(quit)
  }

  get plan(): Plan {
    if (this.#plan === undefined) throw new Error('the stage does not stand')
    return this.#plan
  }

  portOf(replica: string): number {
    return this.#recordOf(replica).port
  }

  /** Sends a signal to a replica and gives the id of its process. */
  signal(replica: string, signal: NodeJS.Signals): number {
    const { pid } = this.#recordOf(replica)
    process.kill(pid, signal)
    return pid
  }

  async modelActivity(): Promise<ModelActivity> {
    const response = await fetch(`${this.#modelUrl}/healthz`)
    return (await response.json()) as ModelActivity
  }

  /** Asks the model itself, with nobody in between; gives its answer and how many tokens that took. */
  async askModel(question: string, signal: AbortSignal): Promise<{ text: string; tokens: number }> {
    const response = await fetch(`${this.#modelUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: question }] }),
      signal,
    })
    const { choices, usage } = (await response.json()) as {
      choices: [{ message: { content: string } }]
      usage: { completion_tokens: number }
    }
    return { text: choices[0].message.content, tokens: usage.completion_tokens }
  }

  /** Ends everything. `keepLogs` leaves the directory. */
  async close(keepLogs: boolean): Promise<void> {
    this.#stack.hurry()
    await this.#stack.stop()
    if (!keepLogs) rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 })
  }

  get #modelUrl(): string {
    return `http://127.0.0.1:${this.plan.model?.port}`
  }

  #recordOf(replica: string): { port: number; pid: number } {
    const record = readStackFile(join(this.dataDir, 'stack.json'))?.replicas.find(({ id }) => id === replica)
    if (record === undefined) throw new Error(`there is no replica ${replica}`)
    return record
  }
}
