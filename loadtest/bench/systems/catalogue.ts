import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Something that carries tokens from a provider to clients, and how it is started. */
export interface System {
  readonly name: string
  readonly title: string
  /** What Node.js runs. */
  readonly entry: string
  readonly storesInRedis: boolean
  /** Beside PORT, OPENAI_BASE_URL and REDIS_URL. */
  readonly env: Readonly<Record<string, string>>
}

const GATEWAY = join(import.meta.dirname, '../../../dist/main.js')
/** Limits per address would count all clients of the bench as one. All else is as a user gets it. */
const GATEWAY_ENV = { RATE_LIMIT: '0', CONNECT_LIMIT: '0', REPLICA_ID: 'bench' }

/** In the order of the report; the first is what the others are compared with. */
export const SYSTEMS: readonly System[] = [
  {
    name: 'relay',
    title: 'bare relay: undici, JSON.parse, ws; nothing stored',
    entry: join(import.meta.dirname, 'relay.ts'),
    storesInRedis: false,
    env: {},
  },
  {
    name: 'plain',
    title: 'plain composition: for await over openai, sharded adapter, one XADD per token',
    entry: join(import.meta.dirname, 'plain.ts'),
    storesInRedis: true,
    env: {},
  },
  {
    name: 'baton',
    title: 'Baton with its default settings',
    entry: GATEWAY,
    storesInRedis: true,
    env: GATEWAY_ENV,
  },
  {
    name: 'baton-0ms',
    title: 'Baton with DELTA_WINDOW_MS=0: every token as soon as it is stored',
    entry: GATEWAY,
    storesInRedis: true,
    env: { ...GATEWAY_ENV, DELTA_WINDOW_MS: '0' },
  },
]

/** Why the system cannot be started; undefined where it can. */
export function missingFor(system: System): string | undefined {
  return existsSync(system.entry) ? undefined : `${system.entry} is missing: run npm run build`
}
