import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Speech } from '../clients/wire.ts'
import { findNats, hasNchan } from './peers.ts'

/** Something that carries tokens from a provider to clients, and how it is started. */
export interface System {
  readonly name: string
  readonly title: string
  /** What Node.js runs. */
  readonly entry: string
  readonly replicas: number
  /** What stands between the clients and the replicas: the product's nginx, or one with Nchan. */
  readonly front: 'none' | 'nginx' | 'nchan'
  readonly broker: 'none' | 'redis' | 'nats'
  /** Beside PORT, OPENAI_BASE_URL, REPLICA_ID and the addresses of the others. */
  readonly env: Readonly<Record<string, string>>
}

const GATEWAY = join(import.meta.dirname, '../../../dist/main.js')
const entry = (name: string) => join(import.meta.dirname, `${name}.ts`)

const RELAY: System = {
  name: 'relay',
  title: 'bare relay: undici, JSON.parse, ws; nothing stored',
  entry: entry('relay'),
  replicas: 1,
  front: 'none',
  broker: 'none',
  env: {},
}
const PLAIN: System = {
  ...RELAY,
  name: 'plain',
  title: 'plain composition: for await over openai, sharded adapter, one XADD per token',
  entry: entry('plain'),
  broker: 'redis',
}
/** What keeping an answer and opening a session take at the least: it is measured by nothing but these. */
const SHELF: System = {
  ...PLAIN,
  name: 'shelf',
  title: 'bare relay that keeps its messages in Redis and in RAM; no fence, no watch, no takeover',
  entry: entry('shelf'),
}
/** Limits per address would count all clients of the bench as one. All else is as the image and `npm start` give it. */
export const BATON: System = {
  ...PLAIN,
  name: 'baton',
  title: 'Baton with its default settings',
  entry: GATEWAY,
  env: { RATE_LIMIT: '0', CONNECT_LIMIT: '0', MALLOC_ARENA_MAX: '1' },
}
/** So many replicas of a system behind one nginx. */
export const behindNginx = (system: System, replicas: number): System => ({
  ...system,
  name: `${system.name}-x${replicas}`,
  title: `${system.title}; ${replicas} replicas behind nginx`,
  replicas,
  front: 'nginx',
})

/** In the order of the report; the first is what the others are compared with. */
export const SYSTEMS: readonly System[] = [
  RELAY,
  PLAIN,
  BATON,
  withEnv(BATON, 'baton-0ms', 'Baton with DELTA_WINDOW_MS=0: every token as soon as it is stored', {
    DELTA_WINDOW_MS: '0',
  }),
  behindNginx(PLAIN, 3),
  behindNginx(BATON, 3),
  {
    ...RELAY,
    name: 'nchan',
    title: 'Nchan (C, in nginx) with Redis storage; an app publishes each token to it',
    entry: entry('nchan'),
    front: 'nchan',
    broker: 'redis',
  },
  {
    ...RELAY,
    name: 'nats',
    title: 'NATS JetStream on disk: each token published and acknowledged, then consumed in order',
    entry: entry('nats'),
    broker: 'nats',
  },
]

/** A system under other settings. */
export function withEnv(system: System, name: string, title: string, env: Record<string, string>): System {
  return { ...system, name, title, env: { ...system.env, ...env } }
}

/** As many replicas, each with its own address for clients. */
export function replicated(system: System, replicas: number): System {
  return { ...system, name: `${system.name} x ${replicas}`, replicas }
}

/** Another checkout of Baton, as it was built there. */
export function baselineIn(checkout: string): System {
  const title = `Baton as it was built in ${checkout}`
  return { ...BATON, name: 'baseline', title, entry: join(resolve(checkout), 'dist/main.js') }
}

/** The same with a file for each module: a profile tells them apart by their files. */
export function unbundled(system: System): System {
  return { ...system, entry: system.entry.replace(/dist\/main\.js$/, 'dist/replica.js') }
}

export function systemNamed(name: string): System {
  const system = [...SYSTEMS, SHELF].find((one) => one.name === name)
  if (system === undefined) throw new Error(`no system ${name}`)
  return system
}

export function speechOf({ front }: System): Speech {
  return front === 'nchan' ? 'nchan' : 'socket.io'
}

/** Why the system cannot be started; undefined where it can. */
export function missingFor({ entry: file, front, broker }: System): string | undefined {
  if (!existsSync(file)) return `${file} is missing: run npm run build`
  if (front === 'nchan' && !hasNchan()) return 'nginx has no Nchan module here (Debian: libnginx-mod-nchan)'
  if (broker === 'nats' && findNats() === undefined)
    return 'there is no nats-server here (go install github.com/nats-io/nats-server/v2@latest)'
  return undefined
}
