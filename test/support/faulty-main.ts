/** The product's entry with bugs: on SIGUSR2 it throws in every way that nobody catches, and text with a mark throws where it is measured. */
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { BUG, BUG_THROWN } from './faulty.ts'

const FAULTS: readonly ((error: Error) => void)[] = [
  (error) => void setTimeout(() => fail(error), 0),
  (error) => void setImmediate(() => fail(error)),
  (error) => process.nextTick(() => fail(error)),
  (error) => void Promise.reject(error),
  (error) => void new EventEmitter().emit('error', error),
]

function fail(error: Error): never {
  throw error
}

process.on('SIGUSR2', () => {
  for (const [i, fault] of FAULTS.entries()) setTimeout(() => fault(new Error(`fault ${i}`)), i)
})

const measure = Buffer.byteLength
Buffer.byteLength = (value, encoding) => {
  if (typeof value === 'string' && value.includes(BUG)) fail(new Error(BUG_THROWN))
  return measure(value, encoding)
}

await import(join(import.meta.dirname, '../../dist/main.js'))
