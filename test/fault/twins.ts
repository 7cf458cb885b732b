import { join } from 'node:path'

/** Each has a twin of the product that lacks it; what then goes wrong is what the protection is for. */
export const PROTECTIONS = ['fence', 'durability', 'owner index', 'idempotency', 'sync'] as const
export type Protection = (typeof PROTECTIONS)[number]

export function isProtection(name: string): name is Protection {
  return (PROTECTIONS as readonly string[]).includes(name)
}

/** What Node runs instead of the product's entry, for a replica without the protection. */
export function twinProgram(without: Protection): readonly string[] {
  return [join(import.meta.dirname, 'twin-main.ts'), without]
}
