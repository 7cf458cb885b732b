import { type Spread, spreadOf } from './lib/statistics.ts'

/** One thing in one round. */
export interface Run<K, T> {
  readonly item: K
  readonly round: number
  readonly result: T
}

/** Does every item in every round. Each round has another order, so that none always comes first or last. */
export async function interleave<K, T>(
  rounds: number,
  items: readonly K[],
  work: (item: K, round: number) => Promise<T>,
): Promise<Run<K, T>[]> {
  const runs: Run<K, T>[] = []
  for (let round = 1; round <= rounds; round++) {
    for (const item of rotated(items, round - 1)) runs.push({ item, round, result: await work(item, round) })
  }
  return runs
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const at = by % Math.max(1, list.length)
  return [...list.slice(at), ...list.slice(0, at)]
}

/** A value of an item over the rounds; undefined where it did not run. */
export function spreadIn<K, T>(runs: readonly Run<K, T>[], item: K, value: (result: T) => number): Spread | undefined {
  const values = runs.filter((run) => run.item === item).map(({ result }) => value(result))
  return values.length === 0 ? undefined : spreadOf(values)
}

/**
 * An item's value against another's. Ratios are made within a round, where the machine was the same for both. A round in
 * which the other took too little to be counted gives none.
 */
export function ratioIn<K, T>(
  runs: readonly Run<K, T>[],
  item: K,
  reference: K,
  value: (result: T) => number,
): Spread | undefined {
  const ratios = runs.flatMap((run) => {
    if (run.item !== item) return []
    const other = runs.find(({ item: one, round }) => one === reference && round === run.round)
    const ratio = other === undefined ? Number.NaN : value(run.result) / value(other.result)
    return Number.isFinite(ratio) ? [ratio] : []
  })
  return ratios.length === 0 ? undefined : spreadOf(ratios)
}
