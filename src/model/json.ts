import { garbage } from './errors.ts'

/** The JSON object that `data` is, its members still unchecked: a schema for every token would cost more than the token. */
export function parseObject<Unchecked extends object>(data: string): Unchecked {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    throw garbage('an event that is no JSON')
  }
  if (typeof value !== 'object' || value === null) throw garbage('an event that is no JSON object')
  return value as Unchecked
}
