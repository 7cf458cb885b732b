import { expect, onTestFinished, test, vi } from 'vitest'
import { when } from '../support/clients.ts'
import { within } from '../support/conditions.ts'
import { scriptedClients } from '../support/scripted-clients.ts'

const scripted = scriptedClients()
const { clientOf } = scripted

/** What microtasks throw from now on: instead of the process, the test is told. */
function thrown(): unknown[] {
  const all: unknown[] = []
  const enqueue = globalThis.queueMicrotask
  vi.stubGlobal('queueMicrotask', (task: () => void) =>
    enqueue(() => {
      try {
        task()
      } catch (error) {
        all.push(error)
      }
    }),
  )
  onTestFinished(() => void vi.unstubAllGlobals())
  return all
}

test('an observer that throws is reported, and costs neither the connection, nor text, nor what others are told', async () => {
  const { gateway } = scripted
  const answer = gateway.message({ content: 'so far', status: 'streaming' })
  gateway.messages = [answer]
  const reported = thrown()
  const client = clientOf()
  const error = new TypeError('a bug of the page')
  client.observe(() => {
    throw error
  })
  const told: string[] = []
  client.observe(({ name }) => told.push(name))
  await client.open()
  const delta = { sessionId: gateway.sessionId, messageId: answer.id, attempt: 1, offset: 6, text: ' and on' }
  gateway.tell('delta', delta)
  await when(client, ({ messages }) => messages.at(-1)?.content === 'so far and on')
  expect(told).toEqual(['opened', 'delta'])
  expect(reported).toEqual([error, error])
  expect(gateway.sent('session:open')).toHaveLength(1)
})

test('one that follows an answer and throws is reported with each view, and the answer is followed to its end', async () => {
  const { gateway } = scripted
  const answer = gateway.message({ content: 'so far', status: 'streaming' })
  gateway.messages = [answer]
  const reported = thrown()
  const client = clientOf()
  await client.open()
  const error = new TypeError('a bug of the page')
  const whole = client.follow(answer.id, () => {
    throw error
  })
  const message = { ...answer, content: 'so far and on', status: 'complete' as const }
  gateway.tell('message', { sessionId: gateway.sessionId, message })
  expect(await within('it settles', whole)).toEqual(message)
  expect(reported).toEqual([error, error])
})
