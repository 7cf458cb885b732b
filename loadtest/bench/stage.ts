import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientsProcess } from './clients/main.ts'
import { freePort, type Processes } from './lib/processes.ts'
import { startRedis } from './lib/redis.ts'
import { type Remote, remote } from './lib/remote.ts'
import type { ModelProcess } from './model/main.ts'
import type { System } from './systems/catalogue.ts'

/** One system, running, with all that it takes to measure it; every process is a fresh one. */
export interface Stage {
  readonly processes: Processes
  /** Where clients connect. */
  readonly url: string
  readonly model: Remote<ModelProcess>
  readonly clients: Remote<ClientsProcess>
  readonly children: {
    readonly app: ChildProcess
    readonly redis: ChildProcess | undefined
    readonly model: ChildProcess
    readonly clients: ChildProcess
  }
  /** Ends all of it. */
  strike(): Promise<void>
}

export interface StageOptions {
  /** For Node.js, before the system's entry. */
  readonly nodeOptions?: readonly string[]
  readonly onLine?: (line: string) => void
}

const READY_MS = 20_000
const POLL_MS = 20

export async function setStage(system: System, processes: Processes, options: StageOptions = {}): Promise<Stage> {
  const part = (name: string, entry: string) =>
    processes.start(name, process.execPath, [join(import.meta.dirname, entry)], { channel: true })
  const modelProcess = part('the model stand-in', 'model/main.ts')
  const clientsProcess = part('the load generator', 'clients/main.ts')
  const model = remote<ModelProcess>(modelProcess)
  const redis = system.storesInRedis ? await startRedis(processes) : undefined
  const port = await freePort()
  const app = processes.start(system.name, process.execPath, [...(options.nodeOptions ?? []), system.entry], {
    env: {
      ...inherited(),
      ...system.env,
      PORT: String(port),
      OPENAI_BASE_URL: `http://127.0.0.1:${await processes.during(model.listen())}/v1`,
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
    },
    ...(options.onLine && { onLine: options.onLine }),
  })
  const url = `http://127.0.0.1:${port}`
  await processes.during(untilReady(system.name, url))
  return {
    processes,
    url,
    model,
    clients: remote<ClientsProcess>(clientsProcess),
    children: { app, redis: redis?.process, model: modelProcess, clients: clientsProcess },
    async strike() {
      await Promise.all([app, modelProcess, clientsProcess].map((child) => processes.stop(child)))
      await redis?.stop()
    },
  }
}

/** Of the surroundings only what a program needs to run: settings of Baton that lie about would change what is measured. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, TMPDIR }
}

async function untilReady(name: string, url: string): Promise<void> {
  const deadline = Date.now() + READY_MS
  for (;;) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined)
    if (response?.ok) return
    if (Date.now() > deadline) throw new Error(`${name} did not get ready within ${READY_MS / 1000} s`)
    await sleep(POLL_MS)
  }
}
