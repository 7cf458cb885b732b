import type { IncomingHttpHeaders } from 'node:http'

/** What `retry-after-ms` or `Retry-After` (seconds or a date) asks for, in milliseconds; undefined where they ask for nothing. */
export function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | undefined {
  const asked = numberIn(lastOf(headers['retry-after-ms']))
  if (asked !== undefined) return asked
  const after = lastOf(headers['retry-after'])
  const seconds = numberIn(after)
  if (seconds !== undefined) return seconds * 1000
  const ms = hasLetters(after) ? Date.parse(after) - now : Number.NaN
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

/** Its last value: a proxy may have added one, as a field of its own or behind a comma. */
function lastOf(field: string | string[] | undefined): string {
  const value = [field ?? ''].flat().at(-1) ?? ''
  return hasLetters(value) ? value : value.slice(value.lastIndexOf(',') + 1)
}

/** The dates of HTTP have a comma in them, and letters. Date.parse takes mere numbers for dates, too. */
function hasLetters(value: string): boolean {
  return /[a-z]/i.test(value)
}

/** Digits without end are a number all the same; `Infinity` and `1e400` are none. */
function numberIn(value: string): number | undefined {
  const number = value.trim() === '' ? Number.NaN : Number(value)
  const isNumber = Number.isFinite(number) || !hasLetters(value)
  return isNumber && number >= 0 ? number : undefined
}
