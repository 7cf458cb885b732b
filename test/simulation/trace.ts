import { inspect } from 'node:util'
import type { Scheduler } from './scheduler.ts'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-([0-9a-f]{12})/g

/** What happened in a run, line by line, for people. Kept only where somebody is going to read it: it costs more than the run. */
export class Trace {
  readonly lines: string[] = []
  readonly #scheduler: Scheduler
  readonly #aliases = new Map<string, string>()

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  /** `args` are appended in a short form. */
  note(who: string, what: string, ...args: unknown[]): void {
    const text = [what, ...args.map(brief)].join(' ').replace(UUID, (id) => this.#alias(id))
    this.lines.push(`${this.#scheduler.now.toFixed(1).padStart(8)}  ${who.padEnd(8)} ${text}`)
  }

  /** Ids of thirty-six characters are not read: they become numbers, in the order in which they turn up. */
  #alias(id: string): string {
    const alias = this.#aliases.get(id) ?? `#${this.#aliases.size + 1}`
    this.#aliases.set(id, alias)
    return alias
  }
}

function brief(value: unknown): string {
  if (value === undefined) return ''
  const text = inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY, compact: true, maxStringLength: 60 })
  return text.length > 300 ? `${text.slice(0, 300)} …` : text
}
