/** Arguments that cannot be used; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What `--name value` says; undefined where it was not given. Minutes may be parts, and are more than `least`. */
export function numberOf(name: string, value: string | undefined, least: number): number | undefined {
  if (value === undefined) return undefined
  const number = Number(value)
  const isRight = name === 'minutes' ? number > least : Number.isSafeInteger(number) && number >= least
  if (!isRight) throw new UsageError(`--${name} ${value}: must be a number of at least ${least}`)
  return number
}
