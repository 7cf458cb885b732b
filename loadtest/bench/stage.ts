import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { ClientsProcess } from './clients/main.ts'
import type { Broker } from './lib/broker.ts'
import { now } from './lib/clock.ts'
import { startNats } from './lib/nats.ts'
import { type Front, startNchan, startNginx } from './lib/nginx.ts'
import { freePort, type Processes } from './lib/processes.ts'
import { untilAnswered } from './lib/ready.ts'
import { startRedis } from './lib/redis.ts'
import { type Remote, remote } from './lib/remote.ts'
import type { ModelProcess } from './model/main.ts'
import type { System } from './systems/catalogue.ts'

export interface Replica {
  readonly url: string
  readonly process: ChildProcess
}

/** One system, running, with all that it takes to measure it; every process is a fresh one. */
export interface Stage {
  readonly processes: Processes
  readonly system: System
  /** Where clients connect: the front, or each replica. */
  readonly urls: readonly string[]
  readonly replicas: readonly Replica[]
  readonly broker: Broker | undefined
  readonly front: Front | undefined
  readonly model: Remote<ModelProcess>
  readonly clients: Remote<ClientsProcess>
  readonly helpers: { readonly model: ChildProcess; readonly clients: ChildProcess }
  /** From the start of the replicas until the last of them was ready, in milliseconds. */
  readonly readyMs: number
  /** Kills a replica and starts it again on its port; resolves once it is ready. */
  restart(replica: number): Promise<void>
  /** Ends all of it. */
  strike(): Promise<void>
}

export interface StageOptions {
  /** For Node.js, before the system's entry. */
  readonly nodeOptions?: readonly string[]
  readonly onLine?: (line: string, replica: number) => void
}

export async function setStage(system: System, processes: Processes, options: StageOptions = {}): Promise<Stage> {
  const part = (name: string, entry: string) =>
    processes.start(name, process.execPath, [join(import.meta.dirname, entry)], { channel: true })
  const helpers = {
    model: part('the model stand-in', 'model/main.ts'),
    clients: part('the clients', 'clients/main.ts'),
  }
  const model = remote<ModelProcess>(helpers.model)
  const broker = await startBroker(system, processes)
  const modelPort = await processes.during(model.listen())
  const ports = await Promise.all(Array.from({ length: system.replicas }, freePort))
  const front = await startFront(system, processes, ports, broker)
  const startedAt = now()
  const started = (port: number, i: number): Replica => ({
    url: `http://127.0.0.1:${port}`,
    process: processes.start(
      `${system.name} ${i + 1}`,
      process.execPath,
      [...(options.nodeOptions ?? []), system.entry],
      {
        env: {
          ...inherited(),
          ...system.env,
          PORT: String(port),
          REPLICA_ID: `r${i + 1}`,
          OPENAI_BASE_URL: `http://127.0.0.1:${modelPort}/v1`,
          ...broker?.env,
          ...front?.env,
        },
        onLine: (line) => options.onLine?.(line, i),
      },
    ),
  })
  const replicas = ports.map(started)
  await processes.during(Promise.all(replicas.map(({ url }) => untilAnswered(system.name, `${url}/readyz`))))
  return {
    processes,
    system,
    urls: front === undefined ? replicas.map(({ url }) => url) : [front.url],
    replicas,
    broker,
    front,
    model,
    clients: remote<ClientsProcess>(helpers.clients),
    helpers,
    readyMs: now() - startedAt,
    async restart(i) {
      const [replica, port] = [replicas[i], ports[i]]
      if (replica === undefined || port === undefined) throw new Error(`there is no replica ${i}`)
      await processes.stop(replica.process)
      replicas[i] = started(port, i)
      await processes.during(untilAnswered(system.name, `${replica.url}/readyz`))
    },
    async strike() {
      const children = [...replicas.map((replica) => replica.process), helpers.model, helpers.clients]
      await Promise.all(children.map((child) => processes.stop(child)))
      await front?.stop()
      await broker?.stop()
    },
  }
}

/** Sets a stage, works on it, and strikes it whatever comes. */
export async function onStage<T>(
  system: System,
  processes: Processes,
  work: (stage: Stage) => Promise<T>,
  options?: StageOptions,
): Promise<T> {
  const stage = await setStage(system, processes, options)
  try {
    return await work(stage)
  } finally {
    await stage.strike()
  }
}

function startBroker({ broker }: System, processes: Processes): Promise<Broker | undefined> {
  if (broker === 'redis') return startRedis(processes)
  if (broker === 'nats') return startNats(processes)
  return Promise.resolve(undefined)
}

function startFront(
  { front }: System,
  processes: Processes,
  ports: readonly number[],
  broker: Broker | undefined,
): Promise<Front | undefined> {
  if (front === 'nginx') return startNginx(processes, ports)
  if (front === 'nchan') return startNchan(processes, ports[0] ?? 0, broker?.env.REDIS_URL ?? '')
  return Promise.resolve(undefined)
}

/** Of the surroundings only what a program needs to run: settings of Baton that lie about would change what is measured. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, TMPDIR }
}
