import { readText } from './files.ts'
import { MAY_BE_EMPTY, SECRETS, schema } from './schema.ts'

/** What the environment says of the settings, before any is checked. */
export interface Given {
  /** Trimmed; an empty one is as good as none, unless empty is a value of the setting. */
  readonly values: Readonly<Record<string, string>>
  /** Of files that were to hold a setting. */
  readonly complaints: readonly string[]
}

const SECRET_NAMES: ReadonlySet<string> = new Set(SECRETS)

/** Takes each setting from its variable or, where it may hold a secret, from the file that `<name>_FILE` names (R6). */
export function givenBy(env: NodeJS.ProcessEnv): Given {
  const values: Record<string, string> = {}
  const complaints: string[] = []
  for (const name of Object.keys(schema.shape)) {
    const value = env[name]?.trim()
    if (value !== undefined && (value !== '' || MAY_BE_EMPTY.has(name))) values[name] = value
    const path = SECRET_NAMES.has(name) ? env[`${name}_FILE`]?.trim() : undefined
    if (!path) continue
    const content = readText(path)
    if (values[name] !== undefined) complaints.push(`${name} and ${name}_FILE: only one of them can be set`)
    else if ('problem' in content) {
      complaints.push(`${name}_FILE=${JSON.stringify(path)}: must be a file that can be read (${content.problem})`)
    } else if (content.text.trim() === '') {
      complaints.push(`${name}_FILE=${JSON.stringify(path)}: must be a file that is not empty`)
    } else values[name] = content.text.trim()
  }
  return { values, complaints }
}

const URLS = /_(?:URL|ENDPOINT)$/
/** What begins so is no URL and may be a key. */
const LIKE_A_KEY = /^[^.:]{20}/
const PLAIN_URL = /^(?:[a-z]+:\/\/)?[\w.-]+(?::\d+)?(?:\/[^?#]*)?$/i

/** A setting's value as it may be shown: no key, and of a URL neither who signs in nor what may be one in its query. */
export function shown(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  if (!URLS.test(name)) return SECRET_NAMES.has(name) ? '(hidden)' : value.replace(/^.*@/s, '(hidden)@')
  const open = value.replace(/^.*@/s, '').replace(/[?#].*$/s, '')
  const isPlain = open.split(',').every((url) => PLAIN_URL.test(url.trim()) && !LIKE_A_KEY.test(url.trim()))
  return isPlain ? `${value.includes('@') ? '(hidden)@' : ''}${open}` : '(hidden)'
}
