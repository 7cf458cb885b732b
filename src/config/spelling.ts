import { FILES, schema } from './schema.ts'

/** Settings of `npm start` and of the demo model. */
const OTHERS = ['REPLICAS', 'RESTART_DELAY_MS', 'HEALTH_TIMEOUT_MS', 'DEMO_TOKENS_PER_SECOND']
const KNOWN = [...new Set([...Object.keys(schema.shape), ...FILES, ...OTHERS])]
const ENDING = /_(?:MS|S|SEC|SECS|SECONDS|BYTES|FILE)$/

/** Shorter names are near to too many others: PORT and PORTS, HOST and HOSTS. */
const SHORTEST = 5
/** A name of this length may have two slips. */
const LONG = 8

/**
 * The variables of `env` that are no settings but nearly spelt like one, each with the one that is likely to be meant.
 * Other programs' variables are left alone: a name must be within a slip or two, or have a unit or a `_FILE` too many or too few.
 */
export function misspelt(env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const known = new Set(KNOWN)
  for (const name of Object.keys(env)) {
    if (known.has(name) || name.length < SHORTEST) continue
    const meant = nearest(name.toUpperCase())
    if (meant !== undefined) found.set(name, meant)
  }
  return found
}

function nearest(name: string): string | undefined {
  const slips = name.length < LONG ? 1 : 2
  const near = KNOWN.map((known) => ({ known, distance: editDistance(name, known) })).filter(
    ({ known, distance }) => known.length >= SHORTEST && distance <= slips,
  )
  near.sort((one, other) => one.distance - other.distance)
  return near[0]?.known ?? KNOWN.find((known) => known.replace(ENDING, '') === name.replace(ENDING, ''))
}

/** The optimal string alignment distance: how many letters are too many, missing, others, or swapped. */
function editDistance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return Number.POSITIVE_INFINITY
  let before: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const cost = one[i - 1] === other[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + cost,
        swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = last
    last = row
  }
  return at(last, other.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
