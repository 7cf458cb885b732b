import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A real redis-server of a test's own, on 127.0.0.1, with AOF in a temporary directory. */
export interface TestRedis {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Neither killed nor frozen. */
  readonly up: boolean
  /** SIGKILL; the data directory stays. Resolves once the process is gone. */
  kill(): Promise<void>
  /** Starts again after `kill`, on the same port with the same data. Resolves once Redis accepts connections. */
  restart(): Promise<void>
  /** SIGSTOP: connections stay open and nothing answers. */
  freeze(): void
  /** SIGCONT. */
  thaw(): void
  /** Its files cannot grow any more, as on a full disk: at the next write it notices, and refuses what writes. */
  fillDisk(): void
  /** They can again. It notices within a second or two. */
  freeDisk(): void
  /** Ends the process and removes its data. To be called by every test that started one. */
  stop(): Promise<void>
}

/** Arguments of redis-server, anew for each attempt to start it. */
export type RedisArguments = readonly string[] | (() => Promise<readonly string[]>)

/** `options` are further arguments of redis-server, such as `--maxmemory 50mb`; `program` is run in its place. */
export async function startRedis(options: RedisArguments = [], program = 'redis-server'): Promise<TestRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'baton-redis-'))
  const launched = await launchAnywhere(directory, options, program)
  const { port, given } = launched
  let { server } = launched
  const leaveNothing = () => server.kill('SIGKILL')
  process.once('exit', leaveNothing)
  let frozen = false
  const isRunning = () => server.exitCode === null && server.signalCode === null
  const kill = async () => {
    if (!isRunning()) return
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    frozen = false
    await gone
  }
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    frozen = name === 'SIGSTOP'
    server.kill(name)
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return server.pid ?? 0
    },
    get up() {
      return isRunning() && !frozen
    },
    kill,
    async restart() {
      server = await launch(directory, port, given, program)
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    fillDisk: () => limitFiles(server, Math.max(0, ...filesIn(directory).map((file) => statSync(file).size))),
    freeDisk: () => limitFiles(server, 'unlimited'),
    async stop() {
      await kill()
      process.off('exit', leaveNothing)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Between finding a free port and taking it somebody else may: then the next one. */
async function launchAnywhere(
  directory: string,
  options: RedisArguments,
  program: string,
): Promise<{ server: ChildProcess; port: number; given: readonly string[] }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const given = typeof options === 'function' ? await options() : options
    try {
      return { server: await launch(directory, port, given, program), port, given }
    } catch (error) {
      if (attempt === 5) throw error
    }
  }
}

function launch(directory: string, port: number, options: readonly string[], program: string): Promise<ChildProcess> {
  const place = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory]
  // everysec puts a write off while an fsync of a busy disk is under way, and a SIGKILL then loses what was acknowledged.
  return spawnRedis(
    [...place, '--appendonly', 'yes', '--appendfsync', 'no', '--save', '', ...options],
    'Ready to accept connections',
    program,
  )
}

function filesIn(directory: string): string[] {
  return globSync(join(directory, '**/*.*'))
}

/** To how many bytes a process can make a file grow: beyond them each write fails, as one without space does. */
function limitFiles({ pid }: ChildProcess, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', `${pid}`, `--fsize=${bytes}:`])
}

/** A redis-server that has said `ready`. */
export async function spawnRedis(
  options: readonly string[],
  ready: string,
  program = 'redis-server',
): Promise<ChildProcess> {
  // SIGXFSZ would end it at the first write that `limitFiles` forbids.
  const server = spawn('env', ['--ignore-signal=XFSZ', program, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: string[] = []
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.once('exit', () => reject(new Error(`${program} did not start:\n${said.join('\n')}`)))
  createInterface({ input: server.stdout }).on('line', (line) => {
    if (said.length < 100) said.push(line)
    if (line.includes(ready)) resolve()
  })
  await promise
  return server
}

/**
 * A port that nobody listens on at this moment. Below those that outgoing connections are given: one of them could take
 * the port of a server that is down for a while, or, looking for that server, be connected to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000)
    const probe = createServer().listen(port, '127.0.0.1')
    const free = await once(probe, 'listening').then(
      () => true,
      () => false,
    )
    if (!free) continue
    probe.close()
    await once(probe, 'close')
    return port
  }
}
