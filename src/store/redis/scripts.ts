import { Redis } from 'ioredis'
import { gather } from '../../network/gather.ts'
import type { Meter } from '../../ports/meter.ts'
import type { RedisConnections } from './connect.ts'
import { source } from './lua.ts'
import type { Nodes, RedisClient } from './nodes.ts'

/** By name, the class of its calls: those that cost Redis alike, and that fail users alike where they are slow. */
const CLASSES = {
  append: 'append',
  begin: 'write',
  claim: 'write',
  clear: 'write',
  create: 'write',
  extend: 'write',
  find: 'read',
  finish: 'write',
  index: 'write',
  'index-size': 'read',
  keep: 'keep',
  open: 'read',
  read: 'read',
  regenerate: 'write',
  remaining: 'read',
  'quota-give-back': 'write',
  restart: 'write',
  sent: 'read',
  reconcile: 'write',
  size: 'read',
  'quota-take': 'write',
  unwatch: 'write',
} as const

export type ScriptName = keyof typeof CLASSES

export type Arguments = readonly (string | number)[]
type Run = (numberOfKeys: number, keys: readonly string[], args: Arguments) => Promise<unknown>
type Scripted = { readonly [Name in ScriptName as `baton:${Name}`]: Run }

/** The atomic operations of the store, known to the connection under names of their own (`append` is a command of Redis). */
export class Scripts {
  readonly #client: RedisClient & Scripted
  readonly #serving: Nodes
  readonly #meter: Meter
  readonly #nodes = new WeakMap<Redis, Redis & Scripted>()

  constructor({ commands, nodes }: Pick<RedisConnections, 'commands' | 'nodes'>, meter: Meter) {
    this.#client = withScripts(commands)
    this.#serving = nodes
    this.#meter = meter
  }

  /** The script's reply as Redis gave it: strings, integers, null, and arrays of them. */
  run(name: ScriptName, keys: readonly string[], args: Arguments): Promise<unknown> {
    this.#gather(keys)
    return this.#timed(name, this.#client[`baton:${name}`](keys.length, keys, args))
  }

  /** Like `run`, of a script with its keys in ARGV, at the node that serves them. */
  runAt(node: Redis, name: ScriptName, args: Arguments): Promise<unknown> {
    const scripted = this.#nodes.get(node) ?? withScripts(node)
    this.#nodes.set(node, scripted)
    gatherCalls(node)
    return this.#timed(name, scripted[`baton:${name}`](0, [], args))
  }

  /** What goes to the node that serves the keys. Where none does, that call itself fails. */
  #gather([key = '']: readonly string[]): void {
    try {
      gatherCalls(this.#serving.of(key))
    } catch {}
  }

  /** A call that fails is no round trip: `baton_redis_up` tells of it. */
  async #timed(name: ScriptName, reply: Promise<unknown>): Promise<unknown> {
    const sentAt = performance.now()
    const arrived = await reply
    this.#meter.redisSeconds(performance.now() - sentAt, { class: CLASSES[name] })
    return taken(arrived)
  }
}

/**
 * The reply out of the hands of ioredis, which holds what it gave in objects that only a collection of the whole heap frees: the
 * strings of large sessions would pile up to hundreds of MiB before V8 sees a reason for one.
 */
function taken(reply: unknown): unknown {
  if (!Array.isArray(reply)) return reply
  const own = reply.map(taken)
  reply.length = 0
  return own
}

const sources = new Map(Object.keys(CLASSES).map((name) => [name, source(name)]))

function withScripts<Client extends RedisClient>(client: Client): Client & Scripted {
  for (const [name, lua] of sources) client.defineCommand(`baton:${name}`, { lua })
  return client as Client & Scripted
}

/**
 * Calls that are made in one turn of the event loop go out in one write: what one reply of Redis lets go on, goes on together.
 * A pipeline would do that as well, and costs the client more to make than the commands in it.
 */
export function gatherCalls(client: RedisClient): void {
  if (client instanceof Redis && client.status === 'ready') gather(client.stream)
}
