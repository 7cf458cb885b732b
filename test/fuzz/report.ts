import { DOORS } from './attack.ts'
import type { Campaign, Finding } from './campaign.ts'
import type { Held, Stage } from './stage.ts'

const count = (number: number): string => number.toLocaleString('en')

export function progressOf(campaign: Campaign, stage: Stage, elapsedMs: number): string {
  const doors = DOORS.filter((door) => campaign.tally[door] > 0).map((door) => `${door} ${count(campaign.tally[door])}`)
  const rate = count(Math.round((campaign.inputs * 1000) / elapsedMs))
  return `${Math.round(elapsedMs / 1000)} s: ${count(campaign.inputs)} inputs (${doors.join(', ')}), ${rate} a second; good clients: p99 ${Math.round(stage.slowestMs)} ms`
}

export function heldLine(held: readonly Held[]): string {
  const each = held.map(
    ({ heapBytes, descriptors }) => `${Math.round(heapBytes / 2 ** 20)} MiB of heap, ${descriptors} descriptors`,
  )
  return `Each replica holds: ${each.join('; ')}.`
}

/** For people, and to be kept: the attacks, of which so many are shown, can be put into `kept.ts` as they are. */
export function reportOf({ seed, faults, attacks }: Finding, shown: number): string {
  return [
    `Found with seed ${seed}, in ${attacks.length} attacks:`,
    ...faults.slice(0, 10).map((fault) => `  ${fault.slice(0, 1500)}`),
    ...attacks.slice(0, shown).map((attack) => `  ${JSON.stringify(attack)},`),
  ].join('\n')
}
