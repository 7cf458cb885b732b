import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const tools = join(import.meta.dirname, '../../.baton/tools')
const env = { ...process.env, GOFLAGS: '-mod=mod' }

/** Where `buildTool` puts a program. */
export const toolOf = (name: string): string => join(tools, name)

/**
 * Builds a program of another project by Go, which takes minutes, once: it is kept in .baton/tools. Rejects where Go or a
 * module cannot be had.
 */
export async function buildTool(name: string, module: string, version: string, path: string): Promise<string> {
  const program = toolOf(name)
  if (existsSync(program)) return program
  const cwd = join(tools, `${name}-src`)
  mkdirSync(cwd, { recursive: true })
  const go = async (...args: string[]) => (await promisify(execFile)('go', args, { cwd, env })).stdout
  try {
    const { GoMod } = JSON.parse(await go('mod', 'download', '-json', `${module}@${version}`))
    // Go takes replacements from the main module alone, and that is ours.
    const replaced = readFileSync(GoMod, 'utf8').match(/^(replace|exclude) (\([^)]*\)|.*)$/gm) ?? []
    const goMod = ['module tools', 'go 1.26', `require ${module} ${version}`, ...replaced, '']
    writeFileSync(join(cwd, 'go.mod'), goMod.join('\n\n'))
    await go('build', '-trimpath', '-ldflags=-s -w', '-o', program, `${module}/${path}`)
  } finally {
    rmSync(cwd, { recursive: true })
  }
  return program
}
