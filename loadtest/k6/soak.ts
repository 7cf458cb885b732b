/** A steady, mixed load for a long time: stop, regenerate, history, idle sessions; memory is looked at in the end. */
import http from 'k6/http'
import { Gauge } from 'k6/metrics'
import { wholeness } from './figures.ts'
import { anyOf, between, counting, front, replicas, seconds, users } from './setting.ts'
import { pause, Talk } from './talk.ts'

const MOST_GROWTH_MB = 200
const growth = new Gauge('baton_memory_growth_mb')

export const options = {
  scenarios: { soak: { executor: 'constant-vus', vus: users, duration: `${seconds}s`, gracefulStop: '60s' } },
  thresholds: { ...wholeness, baton_memory_growth_mb: [`value<${MOST_GROWTH_MB}`] },
}

/** Memory of each replica, in MiB, when all is warm. */
export function setup(): number[] {
  return replicas.map(memory)
}

export default async function soak(): Promise<void> {
  const talk = new Talk(() => anyOf([front, ...replicas]))
  await talk.open()
  for (let i = 0; i < 4; i++) {
    const first = Math.floor(between(1, 1000))
    const { question, answer } = counting(first, first + Math.floor(between(5, 150)))
    await talk.ask(question, answer)
    if (Math.random() < 0.3) talk.hop()
    await pause(between(100, 2000))
  }
  await talk.checkHistory()
  talk.close()
}

export function teardown(before: number[]): void {
  const grown = replicas.map((replica, i) => memory(replica) - (before[i] ?? 0))
  growth.add(Math.max(...grown))
}

function memory(replica: string): number {
  const metrics = String(http.get(`${replica}/metrics`).body)
  return Number(/^process_resident_memory_bytes(?:\{.*\})? (\S+)$/m.exec(metrics)?.[1] ?? 0) / 2 ** 20
}
