import { afterEach, expect, test } from 'vitest'
import { Replica } from '../support/replica.ts'

const replica = new Replica('r1', {
  STORE: 'memory',
  OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
  // Node tells on stderr what it does with its compile cache, and Socket.IO what it does.
  NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
  DEBUG: 'socket.io:server',
})

afterEach(() => replica.kill())

test('a second start takes what V8 made of the code in the first', async () => {
  await replica.start()
  await replica.drain()
  const first = replica.logs.length
  await replica.start()
  await replica.drain()
  const ofCode = replica.logs.slice(first).filter(({ msg }) => /code cache for ESM .*bundle-replica/.test(String(msg)))
  expect(ofCode).toMatchObject([{ msg: expect.stringContaining('was accepted') }])
})

test('packages say what DEBUG asks for', async () => {
  await replica.start()
  expect(replica.logs.map(({ msg }) => String(msg))).toContainEqual(expect.stringContaining('socket.io:server'))
})
