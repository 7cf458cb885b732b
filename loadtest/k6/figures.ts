/** What the scenarios count and measure; thresholds on it decide whether a run has passed. */
import { Counter, Trend } from 'k6/metrics'

export const answers = new Counter('baton_answers')
/** UTF-16 units that were shown, or stored, and are missing later. */
export const lostCharacters = new Counter('baton_lost_characters')
/** UTF-16 units that a connection was told again, or told otherwise. */
export const doubledCharacters = new Counter('baton_doubled_characters')
/** Answers that are not what the model says, and histories that are not what was seen. */
export const wrongTexts = new Counter('baton_wrong_texts')
/** Refusals for other than a passing reason, answers that ended as `error` or never, frames that are none. */
export const errors = new Counter('baton_errors')
/** Answers to which more than one replica added text. */
export const takeovers = new Counter('baton_takeovers')
export const lostConnections = new Counter('baton_lost_connections')
/** From a lost connection until the session is open again, in milliseconds. */
export const resumed = new Trend('baton_resumed', true)
/** From the question to the first text, in milliseconds. */
export const firstText = new Trend('baton_first_text', true)
/** The longest silence within an answer that changed hands, in milliseconds. */
export const takeoverPause = new Trend('baton_takeover_pause', true)

/** Has what never happens appear as 0 and not as unknown. */
export function countFromNothing(): void {
  for (const counter of [lostCharacters, doubledCharacters, wrongTexts, errors]) counter.add(0)
}

/** Nothing may be lost, doubled or wrong, whatever the scenario. */
export const wholeness = {
  baton_lost_characters: ['count==0'],
  baton_doubled_characters: ['count==0'],
  baton_wrong_texts: ['count==0'],
  baton_errors: ['count==0'],
  baton_answers: ['count>0'],
}
