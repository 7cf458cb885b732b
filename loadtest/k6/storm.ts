/** All sockets of one replica come back at once: it is SIGKILLed, and they go through nginx to those that are left. */
import exec from 'k6/execution'
import http from 'k6/http'
import { wholeness } from './figures.ts'
import { pause } from './pause.ts'
import { counting, front, replicas, stagehand, users, within } from './setting.ts'
import type { Talk } from './talk.ts'
import { withTalk } from './with-talk.ts'

/** Sockets of one virtual user: many sockets are cheaper than many users. */
const SOCKETS_EACH = 50
const VUS = Math.max(1, Math.ceil(users / SOCKETS_EACH))
/** One socket in so many has an answer under way when the replica dies. */
const ASKING = 50
const LONG = counting(1, 400)
/** Until all have come, and the replica is killed. */
const GATHERING_MS = 4000 + users * 4
const doomed = replicas[0] ?? front

export const options = {
  scenarios: {
    sockets: { executor: 'per-vu-iterations', vus: VUS, iterations: 1, maxDuration: '5m' },
    kill: { executor: 'per-vu-iterations', vus: 1, iterations: 1, maxDuration: '5m', exec: 'kill' },
  },
  thresholds: {
    ...wholeness,
    baton_resumed: [within(99, 2000)],
    baton_lost_connections: [`count>=${users}`],
  },
}

export default async function sockets(): Promise<void> {
  const startedAt = Date.now()
  const left = users - exec.scenario.iterationInTest * SOCKETS_EACH
  await Promise.all(Array.from({ length: Math.min(SOCKETS_EACH, left) }, (_, i) => socket(i, startedAt)))
}

/** Connects to the replica that will be killed, the first time; then through nginx. */
async function socket(number: number, startedAt: number): Promise<void> {
  await pause(Math.random() * GATHERING_MS * 0.6)
  let where = doomed
  await withTalk(
    () => where,
    (talk) => {
      where = front
      return weather(talk, number, startedAt)
    },
  )
}

async function weather(talk: Talk, number: number, startedAt: number): Promise<void> {
  await pause(startedAt + GATHERING_MS - 500 - Date.now())
  const asks = (exec.vu.idInTest * SOCKETS_EACH + number) % ASKING === 0
  if (asks) await talk.ask(LONG.question, LONG.answer)
  else await pause(startedAt + GATHERING_MS + 1000 - Date.now())
  await talk.open() // again, where the connection was lost
  await talk.checkHistory()
}

export async function kill(): Promise<void> {
  await pause(GATHERING_MS)
  http.post(`${stagehand}/kill?replica=0`)
}
