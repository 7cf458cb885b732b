import { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { gather, makeFree } from '../../src/network/gather.ts'

function network(): { stream: Writable; writes: string[] } {
  const writes: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      writes.push(String(chunk))
      done()
    },
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => String(chunk)).join(''))
      done()
    },
  })
  return { stream, writes }
}

test('what is written in one turn, also by promises that follow, is one write in its order', async () => {
  const { stream, writes } = network()
  const released: number[] = []
  gather(stream, () => released.push(stream.writableLength))
  stream.write('a')
  await Promise.resolve()
  gather(stream)
  stream.write('b')
  expect(makeFree(stream, 1)).toBe(true)
  await Promise.resolve()
  stream.write('c')
  expect(writes).toEqual([])
  await turn()
  expect(writes).toEqual(['abc'])
  expect(released).toEqual([0])
  stream.write('d')
  expect(writes).toEqual(['abc', 'd'])
})

test('each stream gathers for itself, and one that ends meanwhile keeps none back', async () => {
  const [first, second] = [network(), network()]
  gather(first.stream)
  gather(second.stream)
  first.stream.on('error', () => {})
  first.stream.write('a')
  second.stream.write('b')
  first.stream.destroy()
  await turn()
  expect(second.writes).toEqual(['b'])
})

test('[D6] what is much does not gather, and what does goes out before it', () => {
  const { stream, writes } = network()
  gather(stream)
  stream.write('a')
  expect(makeFree(stream, 20_000)).toBe(true)
  expect(writes).toEqual(['a'])
  stream.write('x'.repeat(20_000))
  expect(writes).toHaveLength(2)
})
