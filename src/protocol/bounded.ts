/**
 * Bounds on lengths that measure nothing but what has the right type. zod by itself measures whatever has a `length`: a client
 * can give an object one that throws when it is compared (X6).
 */
import { z } from 'zod'

/** A string of so many characters. */
export function text({ min = 0, max }: { readonly min?: number; readonly max: number }) {
  return z.string().check(...lengthChecks(min, max, (value) => typeof value === 'string'))
}

/** So many items at most. */
export function list<T extends z.ZodType>(item: T, max: number) {
  return z.array(item).check(...lengthChecks(0, max, Array.isArray))
}

function lengthChecks(min: number, max: number, isMeasurable: (value: unknown) => boolean) {
  const when = ({ value }: { readonly value: unknown }) => isMeasurable(value)
  const most = new z.core.$ZodCheckMaxLength({ check: 'max_length', maximum: max, when })
  return min === 0 ? [most] : [new z.core.$ZodCheckMinLength({ check: 'min_length', minimum: min, when }), most]
}

/** Whether what JSON gave is nested so deep at most. */
export function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  for (const part of Object.values(value)) if (!isShallow(part, levels - 1)) return false
  return true
}
