/** A steady, mixed load for a long time: short and long answers, moves between replicas, pauses. Memory is watched. */
import http from 'k6/http'
import { Gauge } from 'k6/metrics'
import { errors, wholeness } from './figures.ts'
import { growth, residentMiB, type Sample } from './memory.ts'
import { pause } from './pause.ts'
import { anyOf, between, counting, front, replicas, seconds, users } from './setting.ts'
import type { Talk } from './talk.ts'
import { withTalk } from './with-talk.ts'

const MOST_GROWTH_MB = 60
/** Samples of memory in a run. */
const SAMPLES = 60
/** Of the largest replica. */
const memory = new Gauge('baton_replica_memory_mb')
const memoryGrowth = new Gauge('baton_memory_growth_mb')

export const options = {
  scenarios: {
    soak: { executor: 'constant-vus', vus: users, duration: `${seconds}s`, gracefulStop: '60s' },
    watch: { executor: 'per-vu-iterations', vus: 1, iterations: 1, maxDuration: `${seconds + 60}s`, exec: 'watch' },
  },
  thresholds: {
    ...wholeness,
    baton_replica_memory_mb: ['value>0'],
    baton_memory_growth_mb: [`value<${MOST_GROWTH_MB}`],
  },
}

export default (): Promise<void> => withTalk(() => anyOf([front, ...replicas]), soak)

async function soak(talk: Talk): Promise<void> {
  for (let i = 0; i < 4; i++) {
    const first = Math.floor(between(1, 1000))
    const { question, answer } = counting(first, first + Math.floor(between(5, 150)))
    await talk.ask(question, answer)
    if (Math.random() < 0.3) talk.hop()
    await pause(between(100, 2000))
  }
  await talk.checkHistory()
}

/** Without a figure for memory there is nothing to watch: an error, as all that goes wrong. */
export async function watch(): Promise<void> {
  try {
    const samples: Sample[] = []
    for (let i = 0; i < SAMPLES; i++) {
      await pause((seconds * 1000) / SAMPLES)
      const sample = replicas.map((replica) => residentMiB(String(http.get(`${replica}/metrics`).body)))
      memory.add(Math.max(...sample))
      samples.push(sample)
    }
    memoryGrowth.add(growth(samples))
  } catch (error) {
    errors.add(1)
    console.error(String(error))
  }
}
