/** How long people waited for new text after the owner of their answer was struck. Pure. */
import type { Entry } from './history.ts'

export interface Recovery {
  readonly fault: string
  /** The person was connected to the struck replica: one that is frozen shows it nothing until it is thawed or left. */
  readonly onStruck: boolean
  /**
   * From the fault to the first text beyond what the new owner found, in milliseconds; where a draining owner went on
   * meanwhile, from its last text.
   */
  readonly ms: number
  /** Nothing else befell the system meanwhile, nor so shortly before that a replica that had just started did not judge yet. */
  readonly undisturbed: boolean
}

type Fault = Extract<Entry, { kind: 'fault' }>
type Takeover = Extract<Entry, { kind: 'takeover' }>

/** Longer ago than this a fault does not explain a takeover. */
const RELATED_MS = 10_000
/** A replica that has just started trusts what it sees of others only after a whole lease (LEASE_MS, and the start). */
const CALM_MS = 3000

export function recoveriesOf(entries: readonly Entry[]): Recovery[] {
  const faults = entries.filter((entry): entry is Fault => entry.kind === 'fault')
  const takeovers = entries.filter((entry): entry is Takeover => entry.kind === 'takeover')
  return takeovers.flatMap((takeover) => {
    const cause = faults.findLast(
      ({ at, owned }) => at <= takeover.at && at >= takeover.at - RELATED_MS && owned.includes(takeover.sessionId),
    )
    return cause === undefined
      ? []
      : arrivalsAfter(takeover, entries).map((arrival) => recovery(cause, arrival, entries, faults))
  })
}

interface Arrival {
  readonly person: string
  readonly at: number
  /** When it had last been shown text before. */
  readonly lastAt: number
}

/** For each person the first time that it was shown more than the new owner found. */
function arrivalsAfter(takeover: Takeover, entries: readonly Entry[]): Arrival[] {
  const arrivals = new Map<string, Arrival>()
  const lastAt = new Map<string, number>()
  for (const entry of entries) {
    if (!('person' in entry) || arrivals.has(entry.person)) continue
    const { person, at } = entry
    const length = lengthShown(entry, takeover.messageId)
    if (length > takeover.characters && at >= takeover.at)
      arrivals.set(person, { person, at, lastAt: lastAt.get(person) ?? at })
    else if (length > 0) lastAt.set(person, at)
  }
  return [...arrivals.values()]
}

function lengthShown(entry: Entry, messageId: string): number {
  switch (entry.kind) {
    case 'delta':
      return entry.payload.messageId === messageId ? entry.payload.offset + entry.payload.text.length : 0
    case 'message':
      return entry.payload.message.id === messageId ? entry.payload.message.content.length : 0
    case 'opened':
      return entry.messages.find(({ id }) => id === messageId)?.content.length ?? 0
    default:
      return 0
  }
}

function recovery(
  cause: Fault,
  { person, at, lastAt }: Arrival,
  entries: readonly Entry[],
  faults: readonly Fault[],
): Recovery {
  return {
    fault: cause.what,
    onStruck: replicaOf(person, cause.at, entries) === cause.target,
    ms: at - (cause.what === 'drain' ? Math.max(cause.at, lastAt) : cause.at),
    undisturbed: faults.filter((fault) => fault.at >= cause.at - CALM_MS && fault.at <= at).length === 1,
  }
}

/** To which the person was connected then; null where to none. */
function replicaOf(person: string, then: number, entries: readonly Entry[]): string | null {
  const last = entries.findLast(
    (entry) => (entry.kind === 'opened' || entry.kind === 'lost') && entry.person === person && entry.at <= then,
  )
  return last?.kind === 'opened' ? last.replica : null
}

/** The value that the share `p` of the values does not exceed; null where there are none. */
export function percentile(values: readonly number[], p: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)] ?? null
}
