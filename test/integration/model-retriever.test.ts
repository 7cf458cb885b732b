import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSettings } from '../../src/config/settings.ts'
import { createRetriever } from '../../src/model/create.ts'
import { type Log, silentLog } from '../../src/ports/log.ts'

type Answer = (response: ServerResponse) => void

describe('[S8] the retriever', () => {
  let server: Server
  let asked: { method: string | undefined; body: unknown }[]
  let answer: Answer
  let warnings: object[]
  const never = new AbortController().signal
  const turns = [{ role: 'user', content: 'Who?' }] as const

  beforeEach(async () => {
    asked = []
    warnings = []
    server = createServer(async (request, response) => {
      asked.push({ method: request.method, body: JSON.parse(await textOf(request)) })
      answer(response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  function retrieve(signal = never, timeoutMs = 5000) {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/find`
    const log: Log = { ...silentLog, warn: (fields) => warnings.push(fields) }
    const settings = readSettings({ RETRIEVER_URL: url, RETRIEVER_TIMEOUT_MS: String(timeoutMs) })
    return createRetriever(settings, log).retrieve('s-1', 'Who?', turns, signal)
  }

  it('is given the session, the query and the messages, and its documents come back', async () => {
    const full = { title: 'T', text: 'x', url: 'https://example.org/', score: 0.5 }
    answer = (response) =>
      response.end(
        JSON.stringify({
          documents: [
            { ...full, more: 1 },
            { title: 'U', text: 'y', url: null, score: null },
          ],
        }),
      )
    expect(await retrieve()).toEqual([full, { title: 'U', text: 'y' }])
    expect(asked).toEqual([{ method: 'POST', body: { session_id: 's-1', query: 'Who?', messages: turns } }])
    expect(warnings).toEqual([])
  })

  it('makes its words well-formed, as providers refuse a request that is not', async () => {
    const cut = 'cut \ud83d'
    answer = (response) => response.end(JSON.stringify({ documents: [{ title: cut, text: cut, url: cut }] }))
    expect(await retrieve()).toEqual([{ title: 'cut \ufffd', text: 'cut \ufffd', url: 'cut \ufffd' }])
  })

  it('may begin its answer with a byte order mark', async () => {
    answer = (response) => response.end('\ufeff{"documents":[{"title":"T","text":"x"}]}')
    expect(await retrieve()).toEqual([{ title: 'T', text: 'x' }])
  })

  const failing: [string, Answer][] = [
    ['a status', (response) => response.writeHead(500).end('{}')],
    ['no JSON', (response) => response.end('{"documents": [')],
    ['another shape', (response) => response.end('{"documents": [{ "title": 1 }]}')],
    ['too much', (response) => response.end(JSON.stringify({ documents: [{ title: '', text: 'x'.repeat(2 ** 20) }] }))],
    ['a redirect', (response) => response.writeHead(307, { location: '/elsewhere' }).end()],
    ['another redirect', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
    ['something without an end', (response) => endless(response)],
    ['depths', (response) => response.end(`{"documents": ${'['.repeat(400_000)}${']'.repeat(400_000)}}`)],
    ['a reset', (response) => response.socket?.resetAndDestroy()],
  ]
  it.each(failing)('costs the sources and nothing else where it answers with %s', async (_, how) => {
    answer = how
    expect(await retrieve()).toEqual([])
    expect(warnings).toHaveLength(1)
    expect(JSON.stringify(warnings)).not.toContain('"documents":')
    expect(asked.length).toBe(1)
  })

  it('gives as many documents as 16 KiB of sources name', async () => {
    const document = (title: string) => ({ title, text: 'x'.repeat(9000), url: 'https://example.org/' })
    answer = (response) =>
      response.end(JSON.stringify({ documents: Array.from({ length: 40 }, () => document('é'.repeat(250))) }))
    const documents = await retrieve()
    const sources = documents.map(({ text: _, ...source }) => source)
    expect(Buffer.byteLength(JSON.stringify(sources))).toBeLessThanOrEqual(16 * 1024)
    expect(documents.length).toBe(30)
    expect(warnings).toEqual([{ sessionId: 's-1', documents: 40, kept: 30 }])
    answer = (response) => response.end(JSON.stringify({ documents: [document('x'.repeat(20_000))] }))
    expect(await retrieve()).toEqual([])
  })

  it.each<[string, Answer]>([
    ['an answer', () => {}],
    ['the rest of its answer', (response) => response.write('{"documents":')],
  ])('costs the sources where %s is late, and is let go of', async (_, how) => {
    let left = Promise.resolve<unknown>(null)
    answer = (response) => {
      left = once(response, 'close')
      how(response)
    }
    expect(await retrieve(never, 100)).toEqual([])
    expect(warnings.length).toBe(1)
    await left
  })

  it('is left when the answer is stopped', async () => {
    const controller = new AbortController()
    answer = () => controller.abort()
    expect(await retrieve(controller.signal)).toEqual([])
    expect(warnings).toEqual([])
  })

  it('is not asked where there is none', async () => {
    expect(await createRetriever(readSettings({}), silentLog).retrieve('s-1', 'Who?', turns, never)).toEqual([])
    expect(asked).toEqual([])
  })
})

function endless(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write(' '.repeat(65_536)));
  }
  response.on('drain', more)
  more()
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}
