/** The product's entry with bugs: on SIGUSR2 it throws in every way that nobody catches. */
import { EventEmitter } from 'node:events'
import { join } from 'node:path'

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

await import(join(import.meta.dirname, '../../dist/main.js'))
