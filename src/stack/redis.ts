import { connect } from 'node:net'
import { join } from 'node:path'
import type { Program } from './child.ts'

const STOP_MS = 10_000
const PING_MS = 2000

/** The stack's own Redis: the append-only file keeps what was acknowledged, and nothing is ever evicted. */
export function redisProgram(port: number, dataDir: string): Program {
  const cwd = join(dataDir, 'redis')
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: cwd,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
  }
  return {
    name: 'redis',
    port,
    command: 'redis-server',
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    env: process.env,
    cwd,
    logFile: join(dataDir, 'logs', 'redis.log'),
    quiet: true,
    stopMs: STOP_MS,
    probe: () => ping(port),
  }
}

/** Rejects until Redis answers PONG: while it reads its file back, it answers `-LOADING`. */
function ping(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.setTimeout(PING_MS, () => socket.destroy(new Error('does not answer PING')))
    socket.once('data', (reply) => {
      socket.destroy()
      if (reply.toString().startsWith('+PONG')) resolve()
      else reject(new Error(reply.toString().trim()))
    })
    socket.once('error', reject)
  })
}
