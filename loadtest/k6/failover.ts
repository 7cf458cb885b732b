/** Replicas are SIGKILLed one after the other under load: nothing is lost or doubled, and it goes on soon. */
import http from 'k6/http'
import { wholeness } from './figures.ts'
import { pause } from './pause.ts'
import { between, counting, front, seconds, stagehand, users, within } from './setting.ts'
import type { Talk } from './talk.ts'
import { withTalk } from './with-talk.ts'

const BETWEEN_KILLS_MS = 6000

export const options = {
  scenarios: {
    talk: { executor: 'constant-vus', vus: users, duration: `${seconds}s`, gracefulStop: '60s' },
    kill: { executor: 'constant-vus', vus: 1, duration: `${seconds}s`, gracefulStop: '10s', exec: 'kill' },
  },
  thresholds: {
    ...wholeness,
    baton_takeovers: ['count>0'],
    baton_takeover_pause: [within(50, 250), within(99, 1000)],
    baton_resumed: [within(99, 1000)],
    baton_lost_connections: ['count>0'],
  },
}

export default (): Promise<void> => withTalk(() => front, chat)

async function chat(talk: Talk): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const first = Math.floor(between(1, 1000))
    const { question, answer } = counting(first, first + 250)
    await talk.ask(question, answer)
  }
  await talk.checkHistory()
}

export async function kill(): Promise<void> {
  await pause(BETWEEN_KILLS_MS)
  http.post(`${stagehand}/kill`)
}
