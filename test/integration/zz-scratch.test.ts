import { test } from 'vitest'
import { TestSentinelGroup } from '../support/redis-sentinel.ts'
test('start', async () => {
  const t = performance.now()
  const c = await TestSentinelGroup.start()
  console.log('started', performance.now() - t)
  const m = await c.master()
  await m.kill()
  const n = await c.promoted(m)
  console.log('failed over', performance.now() - t)
  await m.restart()
  await c.whole(n)
  console.log('whole', performance.now() - t)
  await c.stop()
})
