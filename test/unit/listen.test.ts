import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { SettingsError } from '../../src/config/settings.ts'
import { listen } from '../../src/listen.ts'

/** What listening there says to the operator. */
async function complaintOf(setting: 'PORT' | 'OPS_PORT', port: number, host = '127.0.0.1'): Promise<string> {
  const server = createServer()
  onTestFinished(() => void server.close())
  const where = { setting, port, host }
  const failing = listen({ listen: (at) => once(server.listen(at), 'listening') }, where)
  const error = await failing.then(
    () => expect.fail('it listens'),
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(SettingsError)
  return (error as Error).message
}

test.for(['PORT', 'OPS_PORT'] as const)('[R4] a %s that is taken is told by its name', async (setting) => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  expect(await complaintOf(setting, port)).toMatch(
    new RegExp(`^${setting}="${port}": must be a port that nothing else listens on \\(listen EADDRINUSE`),
  )
})

test('[R4] a HOST that is not of this machine is told by its name', async () => {
  for (const host of ['203.0.113.1', 'nosuchhost.invalid'])
    expect(await complaintOf('PORT', 0, host)).toContain(`HOST="${host}": must be an address of this machine (`)
})

test.each([
  ['EACCES', 'OPS_PORT="80": must be a port that is open to this user (listen EACCES)'],
  ['EINVAL', 'HOST="fe80::1": must be an address of this machine (listen EINVAL)'],
])('[R4] %s of the system is told by the setting', async (code, told) => {
  const refused = Promise.reject(Object.assign(new Error(`listen ${code}`), { code, syscall: 'listen' }))
  const listening = listen({ listen: () => refused }, { setting: 'OPS_PORT', port: 80, host: 'fe80::1' })
  await expect(listening).rejects.toThrow(told)
})
