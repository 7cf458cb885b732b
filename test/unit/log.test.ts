import { expect, test } from 'vitest'
import { createLog } from '../../src/observability/log.ts'
import { ModelError } from '../../src/ports/model.ts'
import { StoreUnavailable } from '../../src/ports/session-store.ts'

/** The line that an error makes. */
function lineOf(err: Error): { err: { type: string; message: string; stack?: string } } {
  const lines: string[] = []
  const log = createLog({ LOG_LEVEL: 'info', REPLICA_ID: 'r1' }, { write: (line) => void lines.push(line) })
  log.error({ err }, 'failed')
  return JSON.parse(lines[0] ?? '')
}

test('a bug is logged with its stack', () => {
  const { err } = lineOf(new TypeError('x is not a function'))
  expect(err).toMatchObject({ type: 'TypeError', message: 'x is not a function' })
  expect(err.stack).toContain('log.test.ts')
})

test('a model or a store that fails is no bug: the line says why, and has no stack', () => {
  const cause = new Error('connect ECONNREFUSED')
  const model = new ModelError('the provider of the model refused the request (status 401)', { retryable: false })
  expect(lineOf(model).err).toMatchObject({ type: 'ModelError', message: model.message, retryable: false })
  expect(lineOf(model).err).not.toHaveProperty('stack')
  const store = lineOf(new StoreUnavailable('Redis did not carry a command out', { cause })).err
  expect(store.message).toBe('Redis did not carry a command out: connect ECONNREFUSED')
  expect(store).not.toHaveProperty('stack')
})
