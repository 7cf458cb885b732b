import { setTimeout as sleep } from 'node:timers/promises'
import { faultsIn } from './clients/tally.ts'
import type { Stage } from './stage.ts'

/** What is done once for a session or a message. */
export const STEPS = {
  connect: 'connection and new session',
  question: 'question and answer of one token',
  cold: 'session:open with 20 messages, cold',
  again: 'session:open with 20 messages, in RAM',
} as const
export type Step = keyof typeof STEPS

/** A question whose answer comes at once. */
const QUESTION = { tokens: 1, head: 1, rate: 1000 }
const QUESTIONS = 10
/** Messages of a session that is opened: questions and answers. */
const HISTORY = 2 * QUESTIONS
/** Sessions that go through all of it before any that counts, for each of these: what V8 has to learn is paid once in a replica's life. */
export const WARMUP = 2.5
/** For connections that were closed to be gone, and what they watched to be let go: that is no part of the next step. */
const CLOSING_MS = 300

export interface StepOptions {
  readonly count: number
  /** Called with what counts of each step: it has to do it, and may look at the system before and after. */
  weigh(step: Step, pieces: number, work: () => Promise<unknown>): Promise<void>
}

/** Goes through all steps on a stage of two replicas. Gives how many messages were missing when sessions were opened. */
export async function goThroughSteps(stage: Stage, { count, weigh }: StepOptions): Promise<number> {
  const learning = Math.ceil(count * WARMUP)
  await round(stage, learning, (_, __, work) => work())
  return round(stage, count, (step, pieces, work) => weigh(step, pieces, work))
}

async function round(
  stage: Stage,
  count: number,
  around: (...of: [Step, number, () => Promise<unknown>]) => Promise<unknown>,
) {
  const { processes, clients, model, urls } = stage
  const [first = '', second = ''] = urls
  const step = (name: Step, pieces: number, work: () => Promise<unknown>) =>
    around(name, pieces, () => processes.during(work()))
  await step('connect', count, () => clients.open([first], 'socket.io', count))
  await step('question', count * QUESTIONS, () => clients.askTimes(QUESTION, QUESTIONS))
  await model.forget()
  const sessions = await clients.sessions()
  let missing = 0
  const reopen = async () => {
    missing += count * HISTORY - (await clients.reopen(sessions))
  }
  const depart = async () => {
    await clients.depart()
    await processes.during(sleep(CLOSING_MS))
  }
  await processes.during(clients.approach(second, count))
  await step('cold', count, reopen)
  await depart()
  await processes.during(clients.approach(second, count))
  await step('again', count, reopen)
  await depart()
  const { faults } = await processes.during(clients.finish(1000))
  await processes.during(sleep(CLOSING_MS))
  return missing + faultsIn(faults)
}
