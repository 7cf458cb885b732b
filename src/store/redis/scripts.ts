import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'

const NAMES = [
  'append',
  'begin',
  'claim',
  'clear',
  'create',
  'extend',
  'finish',
  'index',
  'keep',
  'open',
  'raise',
  'read',
  'regenerate',
  'restart',
  'size',
] as const
export type ScriptName = (typeof NAMES)[number]

type Run = (numberOfKeys: number, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>
type Scripted = { readonly [Name in ScriptName as `baton:${Name}`]: Run }

/** The Lua of one command: its file in `commands/`, each `-- @include name` replaced by `includes/name.lua`. */
function source(name: string): string {
  const lua = readFileSync(new URL(`./commands/${name}.lua`, import.meta.url), 'utf8')
  return lua.replace(/^-- @include (\w+)$/gm, (_, include: string) => source(`includes/${include}`))
}

/** The atomic operations of the store, known to the connection under names of their own (`append` is a command of Redis). */
export class Scripts {
  readonly #redis: Redis & Scripted

  constructor(redis: Redis) {
    for (const name of NAMES) redis.defineCommand(`baton:${name}`, { lua: source(name) })
    this.#redis = redis as Redis & Scripted
  }

  /** The script's reply as Redis gave it: strings, integers, null, and arrays of them. */
  run(name: ScriptName, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    return this.#redis[`baton:${name}`](keys.length, keys, args)
  }
}
