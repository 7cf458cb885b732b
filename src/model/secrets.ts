/** Shorter values are no secrets, and hiding them would only garble what is shown. */
const MIN_SECRET = 4
const MAX_SHOWN = 300
const SECRET_NAME = /key|token|secret|password|credential|authorization/i

/** What must not be shown of a provider's words, which may quote the request that they answer. */
export class Secrets {
  readonly #values: readonly string[]

  constructor(values: readonly string[]) {
    // Of `Bearer abc` the second part is the secret. A request that is quoted has quotes and line ends of a value escaped.
    const parts = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1), ...value.split(/\s+/)])
    this.#values = [...new Set(parts)].filter((value) => value.length >= MIN_SECRET).sort((a, b) => b.length - a.length)
  }

  /** `text` without them, at most 300 characters of it. */
  hide(text: string): string {
    const hidden = this.#values.reduce((shown, secret) => shown.replaceAll(secret, '(hidden)'), text)
    return hidden.slice(0, MAX_SHOWN)
  }
}

/** The strings of `value`, at any depth, that stand under a name of secrets. */
export function secretsIn(value: unknown, isSecret = false): string[] {
  if (typeof value === 'string') return isSecret ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => secretsIn(inner, isSecret || SECRET_NAME.test(name)))
}
