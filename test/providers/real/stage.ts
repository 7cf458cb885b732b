import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { eventually } from '../../support/conditions.ts'
import { freePort, startRedis, type TestRedis } from '../../support/redis.ts'
import { formatLine, Replica } from '../../support/replica.ts'
import { TestClient } from '../../support/test-client.ts'
import { Unavailable } from './packages.ts'
import type { Setup } from './servers.ts'

/** For a server whose parts are read from a cold disk by a busy machine. */
const START_MS = 180_000

/** A model server, two gateways before it, Redis behind them, and whoever connects. */
export class Stage {
  readonly replicas: readonly [Replica, Replica]
  readonly #redis: TestRedis
  readonly #server: ChildProcess
  readonly #clients: TestClient[] = []

  /** Rejects with `Unavailable` where the model server does not start. */
  static async set(setup: Setup, stop: AbortSignal): Promise<Stage> {
    const port = await freePort()
    const server = await startServer(setup, port, stop)
    const redis = await startRedis()
    const stage = new Stage(setup, server, port, redis)
    try {
      await Promise.all(stage.replicas.map((replica) => replica.start()))
    } catch (error) {
      await stage.strike()
      throw error
    }
    return stage
  }

  private constructor({ env }: Setup, server: ChildProcess, port: number, redis: TestRedis) {
    this.#server = server
    this.#redis = redis
    const settings = {
      HOST: '127.0.0.1',
      REDIS_URL: redis.url,
      OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
      OPENAI_API_KEY: 'none',
      LLM_MODEL: 'm',
      RATE_LIMIT: '0',
      ...env,
    }
    this.replicas = [new Replica('r1', settings), new Replica('r2', settings)]
  }

  async connect(replica: Replica): Promise<TestClient> {
    const client = await TestClient.connect(replica.url)
    this.#clients.push(client)
    return client
  }

  /** Starts again what was killed, lets all clients go, and gives what they were shown that they must not be (D2, D4). */
  async tidy(): Promise<readonly string[]> {
    const clients = this.#clients.splice(0)
    for (const client of clients) client.close()
    await Promise.all(this.replicas.filter(({ running }) => !running).map((replica) => replica.start()))
    return clients.flatMap(({ violations }) => violations)
  }

  /** What the gateways said since the last time that is no ordinary remark, for people. */
  remarks(): string[] {
    const lines = this.replicas.flatMap(({ logs }) => logs.splice(0).filter(({ level }) => level !== 'info'))
    return lines.map(formatLine)
  }

  /** Ends all of it. */
  async strike(): Promise<void> {
    for (const client of this.#clients) client.close()
    await Promise.all(this.replicas.map((replica) => replica.kill()))
    await Promise.all([end(this.#server), this.#redis.stop()])
  }
}

async function startServer({ name, program }: Setup, port: number, stop: AbortSignal): Promise<ChildProcess> {
  const { command, args, env, readyPath } = program(port)
  const server = spawn('nice', ['-n', '10', command, ...args], {
    // A group of its own, so that its children end with it; on its standard input it hears that this process is gone.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
  })
  const said: string[] = []
  for (const output of [server.stdout, server.stderr]) {
    output.on('data', (text) => {
      said.push(...String(text).split('\n').filter(Boolean))
      said.splice(0, said.length - 20)
    })
  }
  server.on('error', (error) => said.push(String(error)))
  const leaveNothing = () => kill(server)
  process.once('exit', leaveNothing)
  server.once('exit', () => process.off('exit', leaveNothing))
  const answers = async () => {
    stop.throwIfAborted()
    if (server.exitCode !== null || server.pid === undefined) throw new Error('it ended by itself')
    return fetch(`http://127.0.0.1:${port}${readyPath}`, { signal: AbortSignal.timeout(2000) }).then(
      ({ ok }) => ok,
      () => false,
    )
  }
  try {
    await eventually(`${name} answers`, answers, START_MS)
  } catch (error) {
    await end(server)
    stop.throwIfAborted()
    console.log(`${name} did not start: ${error}\n${said.join('\n')}`)
    throw new Unavailable('the server did not start')
  }
  return server
}

function kill(server: ChildProcess): void {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return
  process.kill(-server.pid, 'SIGKILL')
}

async function end(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return
  const gone = once(server, 'exit')
  kill(server)
  await gone
}
