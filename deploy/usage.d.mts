import type { ParseArgsOptionsConfig, parseArgs } from 'node:util'

interface Given<Options extends ParseArgsOptionsConfig> {
  readonly values: ReturnType<typeof parseArgs<{ options: Options }>>['values']
  readonly positionals: readonly string[]
}

export function readUsage<Options extends ParseArgsOptionsConfig>(
  usage: string,
  settings?: { readonly options?: Options; readonly most?: number; readonly strict?: boolean },
): Given<Options>

export function refuse(why: string, usage: string): never
