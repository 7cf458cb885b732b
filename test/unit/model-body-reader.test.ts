import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test, vi } from 'vitest'
import { BodyReader } from '../../src/model/body-reader.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const MAX_EVENT_BYTES = 1024 * 1024
const PIECES = 400
/** What one read gives, of which a piece may be a single byte. */
const READ_BYTES = 64 * 1024

test.each([
  ['a document', '{"text":"'],
  ['an event', 'data: {"text":"'],
])('[X6] %s that comes a byte at a time keeps what it holds, not what it came in', async (_, start) => {
  const reader = new BodyReader(MAX_EVENT_BYTES)
  collectGarbage()
  const before = process.memoryUsage().arrayBuffers
  reader.push(Buffer.from(start))
  for (let i = 0; i < PIECES; i++) reader.push(Buffer.alloc(READ_BYTES, 'a').subarray(0, 1))
  // What was collected is given back by a thread of V8's.
  await vi.waitFor(() => {
    collectGarbage()
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan((PIECES * READ_BYTES) / 10)
  }, 4000)
  reader.push(Buffer.from('"}\n\n'))
  expect((reader.next() ?? reader.end())?.trim()).toBe(`{"text":"${'a'.repeat(PIECES)}"}`)
})
