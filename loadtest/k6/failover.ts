/** Replicas are SIGKILLed one after the other under load: nothing is lost or doubled, and it goes on soon. */
import http from 'k6/http'
import { wholeness } from './figures.ts'
import { between, counting, front, seconds, stagehand, users } from './setting.ts'
import { pause, Talk } from './talk.ts'

const BETWEEN_KILLS_MS = 6000

export const options = {
  scenarios: {
    talk: { executor: 'constant-vus', vus: users, duration: `${seconds}s`, gracefulStop: '60s' },
    kill: { executor: 'constant-vus', vus: 1, duration: `${seconds}s`, gracefulStop: '10s', exec: 'kill' },
  },
  thresholds: {
    ...wholeness,
    baton_takeover_pause: ['p(50)<500', 'p(99)<2000'],
    baton_resumed: ['p(99)<2000'],
    baton_lost_connections: ['count>0'],
  },
}

export default async function talk(): Promise<void> {
  const talk = new Talk(() => front)
  await talk.open()
  for (let i = 0; i < 3; i++) {
    const first = Math.floor(between(1, 1000))
    const { question, answer } = counting(first, first + 250)
    await talk.ask(question, answer)
  }
  await talk.checkHistory()
  talk.close()
}

export async function kill(): Promise<void> {
  await pause(BETWEEN_KILLS_MS)
  http.post(`${stagehand}/kill`)
}
