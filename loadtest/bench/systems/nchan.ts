// Nchan between provider and client: each token is published by HTTP to nginx, which stores it in Redis and sends it over
// the session's WebSocket. Publications of a session follow one another, so that they stay in order.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { Pool } from 'undici'
import { streamAnswer } from './bare/provider.ts'
import { deltaFrame, finalFrame } from './bare/sockets.ts'

const { PORT, PUBLISH_URL = '' } = process.env
/** Connections to nginx over which all sessions publish. */
const CONNECTIONS = 64

const publisher = new URL(PUBLISH_URL)
const nginx = new Pool(publisher.origin, { connections: CONNECTIONS, pipelining: 1 })

createServer(async (request, response) => {
  const [, sessionId] = /^\/sessions\/([^/]+)\/messages$/.exec(request.url ?? '') ?? []
  if (sessionId !== undefined) ask(sessionId, await bodyOf(request))
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ ok: true, session: { id: sessionId ?? randomUUID() } }))
}).listen(Number(PORT), '127.0.0.1')

function ask(sessionId: string, content: string): void {
  const messageId = randomUUID()
  let published: Promise<unknown> = Promise.resolve()
  const publish = (frame: string) => {
    published = published.then(() => post(sessionId, frame))
  }
  void streamAnswer(
    content,
    (offset, text) => publish(deltaFrame(sessionId, messageId, offset, text)),
    () => publish(finalFrame(sessionId, messageId)),
  )
}

async function post(sessionId: string, body: string): Promise<void> {
  const response = await nginx.request({ method: 'POST', path: `${publisher.pathname}/${sessionId}`, body })
  await response.body.dump()
  // The bench ends with this process: a run in which text was not stored is worth nothing.
  if (response.statusCode >= 300) throw new Error(`Nchan answered ${response.statusCode}`)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}
