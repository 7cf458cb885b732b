/** Every user hops to another replica after each message, and in the middle of answers; history, seq and text are checked. */
import { wholeness } from './figures.ts'
import { anyOf, between, counting, replicas, seconds, users, within } from './setting.ts'
import type { Talk } from './talk.ts'
import { withTalk } from './with-talk.ts'

const MESSAGES = 5

export const options = {
  scenarios: { resume: { executor: 'constant-vus', vus: users, duration: `${seconds}s`, gracefulStop: '60s' } },
  thresholds: { ...wholeness, baton_resumed: [within(99, 1000)] },
}

export default (): Promise<void> => withTalk(() => anyOf(replicas), resume)

async function resume(talk: Talk): Promise<void> {
  for (let i = 0; i < MESSAGES; i++) {
    const first = Math.floor(between(1, 1000))
    const { question, answer } = counting(first, first + Math.floor(between(20, 120)))
    // Before the first character, in the middle, or not at all.
    let hopAt = Math.random() < 0.7 ? Math.floor(between(0, answer.length)) : Number.POSITIVE_INFINITY
    await talk.ask(question, answer, (length) => {
      if (length < hopAt) return
      hopAt = Number.POSITIVE_INFINITY
      talk.hop()
    })
    talk.hop()
  }
  await talk.checkHistory()
}
