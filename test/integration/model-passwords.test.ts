import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/settings.ts'
import { createRetriever } from '../../src/model/create.ts'
import { type Log, silentLog } from '../../src/ports/log.ts'
import { DONE, RawTalk, STOP, say, stream } from '../support/raw-provider.ts'

test('[S8] a name and a password in RETRIEVER_URL are told to the retriever, and never to the log', async () => {
  const warnings: string[] = []
  const log: Log = {
    ...silentLog,
    warn: (fields, message) => warnings.push(`${(fields as { err?: Error }).err?.stack} ${message}`),
  }
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization)
    response.end(JSON.stringify({ documents: [{ title: 't', text: 'x' }] }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const retriever = createRetriever(readSettings({ RETRIEVER_URL: `http://anna:hunter2@${host}/find` }), log)
  const found = await retriever.retrieve('s-1', 'hi', [], new AbortController().signal)
  server.closeAllConnections()
  server.close()
  expect(warnings.join()).not.toContain('hunter2')
  expect([found.length, asked]).toEqual([1, [`Basic ${btoa('anna:hunter2')}`]])
})

test('[R6] nor are those in OPENAI_BASE_URL dropped without a word', async () => {
  const talk = await RawTalk.start()
  await talk.use({
    OPENAI_API_KEY: '',
    OPENAI_BASE_URL: `${talk.provider.origin.replace('//', '//anna:hunter2@')}/v1`,
  })
  await talk.ask(stream(say('Hello'), STOP, DONE))
  expect(talk.provider.requests[0]?.headers.authorization).toBe(`Basic ${btoa('anna:hunter2')}`)
  await talk.close()
})
