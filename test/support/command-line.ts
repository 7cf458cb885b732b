/** Arguments that cannot be used; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What `--name value` says; undefined where it was not given. Minutes may be parts, and are more than `least`. */
export function numberOf(name: string, value: string | undefined, least: number): number | undefined {
  if (value === undefined) return undefined
  const number = Number(value)
  if (name === 'minutes') {
    if (!(number > least)) throw new UsageError(`--${name} ${value}: must be a number above ${least}`)
  } else if (!Number.isSafeInteger(number) || number < least) {
    throw new UsageError(`--${name} ${value}: must be a whole number of at least ${least}`)
  }
  return number
}
