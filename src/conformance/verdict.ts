/** The gateway does other than the contract says; the message tells what. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

/** It cannot be told here whether the rule holds; the message tells why. */
export class Skip extends Error {
  override readonly name = 'Skip'
}

/** The whole run is to end: the person wants it, or its time is over. */
export class Aborted extends Error {
  override readonly name = 'Aborted'
}

/** Throws `Failure` where `holds` is false. */
export function ensure(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Failure(otherwise)
}

/** Throws `Failure` where the two are not the same value. */
export function same<T>(found: T, expected: T, what: string): void {
  ensure(Object.is(found, expected), `${what} is ${excerpt(found)} instead of ${excerpt(expected)}`)
}

/** At most so many characters of a value, to be quoted. */
const QUOTED = 200

export function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text
}
