import { afterEach, expect, test, vi } from 'vitest'
import { answerPipe } from '../../src/cli/pipe.ts'
import { within } from '../support/conditions.ts'
import { scriptedClients } from '../support/scripted-clients.ts'

const scripted = scriptedClients()

afterEach(() => vi.restoreAllMocks())

test('[W3] a question in a pipe is given up where the gateway stays away, and it is told why', async () => {
  const { gateway } = scripted
  const told = vi.spyOn(console, 'error').mockImplementation(() => {})
  gateway.on('message:send', (request) => {
    const taken = gateway.take(request)
    return { ...taken, answer: { ...taken.answer, status: 'streaming' } }
  })
  const client = scripted.clientOf()
  await client.open()
  const answered = answerPipe(client, 'Why?', 1000)
  answered.catch(() => {})
  await gateway.until(() => gateway.messages.length > 0)
  await gateway.close()
  await expect(within('it ends', answered)).rejects.toMatchObject({
    code: 'disconnected',
    message: expect.stringContaining('; given up after 1 s'),
  })
  expect(told).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('; trying again)'))
  expect(process.listenerCount('SIGINT')).toBe(0)
})
