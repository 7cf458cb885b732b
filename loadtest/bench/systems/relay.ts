// Bare relay: reads the provider's events with undici and sends each on over ws. Nothing is stored, nobody can resume.
// It speaks as much of Socket.IO's protocol as the load generator needs, made of string constants.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { request } from 'undici'
import { type WebSocket, WebSocketServer } from 'ws'

const { PORT, OPENAI_BASE_URL } = process.env

const server = createServer((_, response) => response.end('ok')).listen(Number(PORT), '127.0.0.1')
const sockets = new WebSocketServer({ server, perMessageDeflate: false })

sockets.on('connection', (socket) => {
  const sessionId = randomUUID()
  socket.send(`0{"sid":"${sessionId}","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":131072}`)
  socket.on('message', (data) => {
    const packet = String(data)
    if (packet === '40') return socket.send(`40{"sid":"${sessionId}"}`)
    const [, id, json] = /^42(\d+)(.*)$/s.exec(packet) ?? []
    if (json === undefined) return
    const [event, payload] = JSON.parse(json)
    socket.send(`43${id}${JSON.stringify([{ ok: true, session: { id: sessionId } }])}`)
    if (event === 'message:send') void relay(socket, sessionId, payload.content)
  })
})

async function relay(socket: WebSocket, sessionId: string, content: string): Promise<void> {
  const messageId = randomUUID()
  const { body } = await request(`${OPENAI_BASE_URL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content }] }),
  })
  let offset = 0
  let rest = ''
  body.setEncoding('utf8')
  body.on('data', (chunk: string) => {
    const events = (rest + chunk).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) {
      const data = event.slice('data: '.length)
      if (data === '[DONE]') continue
      const text = JSON.parse(data).choices[0]?.delta.content
      if (!text) continue
      socket.send(`42["delta",${JSON.stringify({ sessionId, messageId, attempt: 1, offset, text })}]`)
      offset += text.length
    }
  })
  body.on('end', () => {
    const message = { id: messageId, role: 'assistant', status: 'complete' }
    socket.send(`42["message",${JSON.stringify({ sessionId, message })}]`)
  })
}
