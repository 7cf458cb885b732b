/** The one sentence that tells what to do, or what has just happened. Pure. */
import type { Blow, Incident, Outcome } from './incident.ts'
import type { Account } from './ledger.ts'

export interface Situation {
  /** How the last answer stands; `gone`: it was there, and no replica has it any more. */
  readonly answer: 'none' | 'streaming' | 'complete' | 'stopped' | 'error' | 'gone'
  readonly backend: 'redis' | 'memory'
  /** The replica that owns the running answer, where it is known. */
  readonly owner: string | null
  readonly incident: Incident | null
  /** What the last blow did not reach; null where it did. */
  readonly unreached: string | null
  /** No replica says how the stack is. */
  readonly silent: boolean
  readonly account: Account
}

const DONE: Record<Blow, string> = { kill: 'was killed', freeze: 'was frozen', drain: 'was told to leave' }
const NO_BREAK = '\u00a0'

export function milliseconds(ms: number): string {
  return `${new Intl.NumberFormat('en').format(Math.round(ms))}${NO_BREAK}ms`
}

export function adviceOn(situation: Situation): string {
  const { incident, unreached } = situation
  const told = incident === null ? [nextStep(situation)] : [storyOf(incident, situation), verdictOn(situation)]
  return [unreached === null ? '' : `${unreached} could not be reached.`, ...told].filter(Boolean).join(' ')
}

function nextStep({ answer, owner, silent, unreached }: Situation): string {
  if (silent) return unreached === null ? 'No replica answers.' : ''
  if (answer !== 'streaming') return 'so that there is something to kill.'
  return owner === null ? 'The answer begins …' : `Now kill ${owner}: it is writing this answer.`
}

function storyOf(incident: Incident, { answer, backend }: Situation): string {
  const { blow, target, burdens, outcome } = incident
  const struck = `${target} ${DONE[blow]}`
  if (answer === 'gone') return `${struck}, and the conversation with it: nothing else held it.`
  if (outcome === null)
    return `${struck}. ${blow === 'drain' ? 'It hands over what it has' : 'Waiting for the next words'} …`
  const after =
    blow === 'drain'
      ? `after a pause of ${milliseconds(outcome.pauseMs)}`
      : `${milliseconds(outcome.ms)} later${partsOf(outcome)}`
  if (burdens.includes('storage')) {
    const kept = backend === 'memory' ? 'kept in memory until Redis is back' : 'and Redis has all of it'
    return `${struck}. The answer went on ${after}, ${kept}.`
  }
  if (burdens.includes('answer')) {
    const heir = incident.heirOf('answer')
    const went = answer === 'error' ? 'took it over' : `went on ${after}`
    if (heir !== null) return `${struck} in the middle of the answer. ${heir} ${went}.`
    if (answer !== 'complete') return `${struck}.`
    return blow === 'drain'
      ? `${struck}, and finished the answer first.`
      : `${struck}, but the answer was complete by then.`
  }
  if (burdens.includes('socket')) {
    return `${struck}. Your page moved to ${incident.heirOf('socket') ?? 'another one'}; new text came ${after}.`
  }
  return `${struck}. It neither wrote nor served you: nothing to notice.`
}

/** What of a takeover's time is ours, and what is the model's. */
function partsOf({ ms, oursMs }: Outcome): string {
  return oursMs === null ? '' : ` (takeover ${milliseconds(oursMs)}, model ${milliseconds(ms - oursMs)})`
}

function verdictOn({ answer, account: { lost, doubled } }: Situation): string {
  if (answer === 'error') return 'The answer broke off.'
  if (answer !== 'complete') return ''
  return lost + doubled === 0 ? 'The answer is whole.' : 'The answer is NOT whole.'
}
