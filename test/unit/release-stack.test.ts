import { expect, test } from 'vitest'
import type { Log } from '../../src/ports/log.ts'
import { silentLog } from '../../src/ports/log.ts'
import { ReleaseStack } from '../../src/release-stack.ts'

test('[F5] what was started last is let go first, and what hangs or fails holds up nothing else', async () => {
  const said: unknown[] = []
  const log: Log = { ...silentLog, warn: (_fields, text) => said.push(text) }
  const released: string[] = []
  const releases = new ReleaseStack()
  releases.add(() => released.push('first'))
  releases.add(() => new Promise(() => {}))
  releases.add(() => {
    throw new Error('broken')
  })
  releases.add(async () => released.push('last'))
  await releases.release(log, 10)
  expect(released).toEqual(['last', 'first'])
  expect(said).toEqual(['a resource was not released cleanly', 'a resource was not released in time'])
})
