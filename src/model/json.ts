import { garbage } from './errors.ts'

/** The JSON object that `data` is, its members still unchecked: a schema for every token would cost more than the token. */
export function parseObject<Unchecked extends object>(data: string): Unchecked {
  const value = parsed(data)
  if (value === undefined) throw garbage('an event that is no JSON')
  if (value === null) return {} as Unchecked // says nothing
  if (typeof value !== 'object') throw garbage('an event that is no JSON object')
  return value as Unchecked
}

/** What `text` is as JSON; undefined where it is none. A list of one, as which some providers send errors, is that one. */
export function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.length === 1 ? value[0] : value
  } catch {
    return undefined
  }
}

/** Whether nothing is missing at the end of an event's data. */
export function isWhole(data: string): boolean {
  return data.trimEnd() === '[DONE]' || typeof parsed(data) === 'object'
}

/** The text of a string or number, '' of whatever else: an object that was parsed may have no text, and throws when asked for it. */
export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
