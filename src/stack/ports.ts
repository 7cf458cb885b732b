import { randomInt } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:net'

/**
 * Below the range from which the kernel gives ports to outgoing connections: a port of ours that is free for the
 * seconds between a death and a restart must not be taken by one of a thousand clients.
 */
const LOWEST = 16_000
const HIGHEST = 32_000
const ATTEMPTS = 200

/** Finds `count` different loopback ports that nobody listens on. They are kept over restarts, so are chosen once. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { port: number; server: Server }[] = []
  try {
    for (let attempt = 0; held.length < count; attempt++) {
      if (attempt === ATTEMPTS + count) throw new Error(`found no free port from ${LOWEST} to ${HIGHEST}`)
      const port = randomInt(LOWEST, HIGHEST)
      const server = await listen(port, '127.0.0.1').catch(() => undefined)
      if (server) held.push({ port, server })
    }
    return held.map(({ port }) => port)
  } finally {
    await Promise.all(held.map(({ server }) => close(server)))
  }
}

/** Rejects with the system's error (`EADDRINUSE`, `EACCES` …) where nobody can listen there at present. */
export async function checkListen(port: number, host: string): Promise<void> {
  await close(await listen(port, host))
}

function listen(port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject).listen(port, host, () => resolve(server))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

/** Who listens on a TCP port of this machine, as `nginx (process 123)`; undefined where it cannot be known. */
export function portOwner(port: number): string | undefined {
  try {
    const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeners(table, port)))
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (descriptors(pid).some((target) => sockets.has(target))) {
        return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (process ${pid})`
      }
    }
  } catch {
    // No /proc, or the process has just gone.
  }
  return undefined
}

const LISTENING = '0A'

/** The sockets in the kernel's table that listen on `port`, as they appear among a process's descriptors. */
function listeners(table: string, port: number): string[] {
  if (!existsSync(table)) return []
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
  return readFileSync(table, 'utf8')
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local, , state]) => state === LISTENING && local?.endsWith(`:${hexPort}`))
    .map((columns) => `socket:[${columns[9]}]`)
}

function descriptors(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
  } catch {
    return [] // Somebody else's process, or gone.
  }
}
