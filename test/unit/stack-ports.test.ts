import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { checkListen, freePorts, portOwner } from '../../src/stack/ports.ts'

test('free ports are different, free, and outside the range of outgoing connections', async () => {
  const ports = await freePorts(20)
  expect(new Set(ports).size).toBe(20)
  for (const port of ports) {
    expect(port).toBeLessThan(32_768)
    await checkListen(port, '127.0.0.1')
  }
})

test('[R1] a port in use is refused, and its owner is known', async () => {
  const [port = 0] = await freePorts(1)
  expect(portOwner(port)).toBeUndefined()
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  await expect(checkListen(port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect(portOwner(port)).toMatch(new RegExp(`^\\S.* \\(process ${process.pid}\\)$`))
})
