import { join } from 'node:path'

/** A protection that a twin of the product lacks; what then goes wrong is what the protection is for. */
export const TWINS = ['no fence', 'no durability', 'no owner index', 'no idempotency'] as const
export type Twin = (typeof TWINS)[number]

export function isTwin(name: string): name is Twin {
  return (TWINS as readonly string[]).includes(name)
}

/** What Node runs instead of the product's entry. */
export function twinProgram(twin: Twin): readonly string[] {
  return [join(import.meta.dirname, 'twin-main.ts'), twin]
}
