import { readFileSync } from 'node:fs'

/** The Lua of one command: its file in `commands/`, each `-- @include name` replaced by `includes/name.lua`. */
export function source(name: string): string {
  const lua = readFileSync(new URL(`./commands/${name}.lua`, import.meta.url), 'utf8')
  return lua.replace(/^-- @include (\w+)$/gm, (_, include: string) => source(`includes/${include}`))
}
