import { expect, test } from 'vitest'
import { createModel } from '../../src/demo-model/generation/model.ts'
import { ResponseRun } from '../../src/demo-model/generation/response-run.ts'
import { ResponseStore } from '../../src/demo-model/generation/response-store.ts'

const model = createModel(100_000, () => 0.5)
const never = new AbortController().signal

function started(now: () => number, text = 'Count to 20'): ResponseRun {
  return new ResponseRun(model.plan({ turns: [{ role: 'user', text }], continuesLast: false }, Infinity), now)
}

async function ended(run: ResponseRun): Promise<ResponseRun> {
  while (run.status === 'in_progress') await run.changed(never)
  return run
}

test('[R1] an ended response is kept for ten minutes, a running one for as long as it runs', async () => {
  let time = 0
  const now = () => time
  const store = new ResponseStore({ limit: 10, now })
  const slow = createModel(0.1, () => 0.5)
  const running = new ResponseRun(slow.plan({ turns: [], continuesLast: false }, Infinity), now)
  store.add('ended', { run: await ended(started(now)) })
  store.add('running', { run: running })

  time = 10 * 60_000 - 1
  expect(store.get('ended')).toBeDefined()
  time = 10 * 60_000
  expect(store.get('ended')).toBeUndefined()
  expect(store.get('running')).toBeDefined()
  store.cancelAll()
  expect(running.status).toBe('cancelled')
})

test('[R1] at the limit the oldest that has ended goes; with none ended there is no room', async () => {
  const now = () => 0
  const store = new ResponseStore({ limit: 2, now })
  store.add('first', { run: await ended(started(now)) })
  const long = started(now, 'Count to 5000')
  store.add('long', { run: long })
  expect(store.makeRoom()).toBe(true)
  expect(store.get('first')).toBeUndefined()
  store.add('too', { run: started(now, 'Count to 5000') })
  expect(store.makeRoom()).toBe(false)
  store.cancelAll()
  expect(store.makeRoom()).toBe(true)
})

test('[R1] the same question gives the same tokens, and a cancelled run keeps what it has', async () => {
  const now = () => 0
  const [one, other] = await Promise.all([ended(started(now)), ended(started(now))])
  expect(one.tokens).toEqual(other.tokens)

  const run = started(now, 'Count to 5000')
  while (run.tokens.length < 10) await run.changed(never)
  run.cancel()
  const { text } = run
  expect(run.status).toBe('cancelled')
  await ended(run)
  expect(run.text).toBe(text)
})
