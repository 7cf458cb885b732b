/** All sockets of one replica come back at once: it is SIGKILLed, and they go through nginx to those that are left. */
import exec from 'k6/execution'
import http from 'k6/http'
import { wholeness } from './figures.ts'
import { counting, front, replicas, stagehand, users } from './setting.ts'
import { pause, Talk } from './talk.ts'

/** Sockets of one virtual user: many sockets are cheaper than many users. */
const SOCKETS_EACH = 50
const VUS = Math.max(1, Math.ceil(users / SOCKETS_EACH))
/** One socket in so many has an answer under way when the replica dies. */
const ANSWERING = 50
const SETTLE_MS = 4000 + users * 3
const ANSWER = counting(1, 900)

export const options = {
  scenarios: {
    sockets: { executor: 'per-vu-iterations', vus: VUS, iterations: 1, maxDuration: '5m' },
    kill: { executor: 'per-vu-iterations', vus: 1, iterations: 1, maxDuration: '5m', exec: 'kill' },
  },
  thresholds: {
    ...wholeness,
    baton_resumed: ['p(99)<2000'],
    baton_lost_connections: [`count>=${VUS * SOCKETS_EACH}`],
  },
}

const first = replicas[0] ?? front

export default async function sockets(): Promise<void> {
  const startedAt = Date.now()
  await Promise.all(Array.from({ length: SOCKETS_EACH }, (_, i) => socket(i, startedAt)))
}

async function socket(number: number, startedAt: number): Promise<void> {
  let isFirst = true
  const talk = new Talk(() => {
    const url = isFirst ? first : front
    isFirst = false
    return url
  })
  await pause(Math.random() * SETTLE_MS * 0.6)
  await talk.open()
  if (isFirst) throw new Error('no connection was made')
  await pause(Math.max(0, startedAt + SETTLE_MS - 500 - Date.now()))
  const answers = (exec.vu.idInTest * SOCKETS_EACH + number) % ANSWERING === 0
  if (answers) await talk.ask(ANSWER.question, ANSWER.answer)
  else {
    await pause(Math.max(0, startedAt + SETTLE_MS + 1000 - Date.now()))
    await talk.open() // again, where the connection was lost
  }
  await talk.checkHistory()
  talk.close()
}

export async function kill(): Promise<void> {
  await pause(SETTLE_MS)
  http.post(`${stagehand}/kill?replica=0`)
}
