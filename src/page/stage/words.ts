/** The one sentence that tells what to do, or what has just happened. Pure. */
import type { Account } from './ledger.ts'
import type { Blow, Incident } from './incident.ts'

export interface Situation {
  readonly answering: boolean
  readonly backend: 'redis' | 'memory'
  /** The replica that owns the running answer, where it is known. */
  readonly owner: string | null
  /** The replica that serves this page. */
  readonly server: string | null
  readonly incident: Incident | null
  readonly account: Account
}

const DONE: Record<Blow, string> = { kill: 'killed', freeze: 'frozen', drain: 'told to leave' }
const number = new Intl.NumberFormat('en')

export function adviceOn(situation: Situation): string {
  const { incident, answering, owner } = situation
  if (incident !== null) return [storyOf(incident, situation), endOf(situation)].filter(Boolean).join(' ')
  if (!answering) return 'so that there is something to kill.'
  return owner === null ? 'The answer begins …' : `Now kill ${owner}: it is writing this answer.`
}

function storyOf(incident: Incident, { owner, server, backend, answering }: Situation): string {
  const { blow, target, burdens, outcome } = incident
  const struck = `${target} was ${DONE[blow]}`
  if (outcome === null) return `${struck}. Waiting for the next words …`
  const after = `${number.format(Math.round(outcome.ms))} ms later`
  if (burdens.includes('storage')) {
    const kept = backend === 'memory' ? 'kept in memory until it is back' : 'and all of it is stored again'
    return `${struck}. The answer went on ${after}, ${kept}.`
  }
  if (burdens.includes('answer')) {
    if (!incident.hasMoved('answer') || !answering) return `${struck}, and the answer was written to its end.`
    return `${struck} in the middle of the answer. ${owner ?? 'Another one'} went on ${after}.`
  }
  if (burdens.includes('socket')) return `${struck}. Your page moved to ${server ?? 'another one'}, new text came ${after}.`
  return `${struck}. It neither wrote nor served you: nothing to notice.`
}

function endOf({ answering, incident, account: { lost, doubled } }: Situation): string {
  if (incident === null || incident.outcome === null) return ''
  if (answering) return ''
  return lost + doubled === 0 ? 'The answer is whole.' : 'The answer is NOT whole.'
}
