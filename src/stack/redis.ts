import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Program } from './child.ts'
import { plainEnvironment } from './environment.ts'

const STOP_MS = 10_000
const PING_MS = 2000
const CONFIGURATION = 'redis.conf'

/** A Redis of the stack's own. */
export interface RedisProgram extends Program {
  /** Its address with its password. */
  readonly url: string
}

/**
 * The stack's own Redis: the append-only file keeps what was acknowledged, and nothing is ever evicted. Its password is
 * another at each start, so that nobody else on this machine can read the conversations; it stands in files that only
 * the stack's user can read, not on a command line, which all can.
 */
export function redisProgram(port: number, dataDir: string): RedisProgram {
  const cwd = join(dataDir, 'redis')
  const password = randomBytes(24).toString('base64url')
  const settings = {
    port,
    bind: '127.0.0.1',
    requirepass: password,
    dir: '.',
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '""',
    'maxmemory-policy': 'noeviction',
  }
  mkdirSync(cwd, { recursive: true })
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`)
  writeFileSync(join(cwd, CONFIGURATION), lines.join(''), { mode: 0o600 })
  return {
    name: 'redis',
    port,
    url: `redis://default:${password}@127.0.0.1:${port}`,
    command: 'redis-server',
    args: [CONFIGURATION],
    env: plainEnvironment(process.env),
    cwd,
    logFile: join(dataDir, 'logs', 'redis.log'),
    quiet: true,
    stopMs: STOP_MS,
    probe: () => ping(port, password),
  }
}

/** Rejects until Redis answers PONG: while it reads its file back, it answers `-LOADING`. */
function ping(port: number, password: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${password}\r\nPING\r\n`))
    let reply = ''
    socket.setTimeout(PING_MS, () => socket.destroy(new Error('does not answer PING')))
    socket.on('data', (chunk) => {
      reply += chunk
      const [, answer] = /^.*\r\n(.*)\r\n/.exec(reply) ?? []
      if (answer === undefined) return
      socket.destroy()
      if (answer === '+PONG') resolve()
      else reject(new Error(answer))
    })
    socket.once('error', reject)
  })
}
