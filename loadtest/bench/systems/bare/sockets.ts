import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'

/**
 * Serves as much of Socket.IO's protocol on `port` as the load generator needs, made of string constants. `opened` gives the
 * JSON of the session's messages, where there are any to be had.
 */
export function serveSockets(
  port: number,
  opened: (sessionId: string, socket: WebSocket, isNew: boolean) => Promise<readonly string[]> | readonly string[],
  asked: (sessionId: string, socket: WebSocket, content: string) => void,
): void {
  const server = createServer((_, response) => response.end('ok')).listen(port, '127.0.0.1')
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  sockets.on('connection', (socket) => {
    const sessionId = randomUUID()
    socket.send(`0{"sid":"${sessionId}","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":131072}`)
    socket.on('message', async (data) => {
      const packet = String(data)
      if (packet === '40') return socket.send(`40{"sid":"${sessionId}"}`)
      const [, id, json] = /^42(\d+)(.*)$/s.exec(packet) ?? []
      if (json === undefined) return
      const [event, payload] = JSON.parse(json)
      const named: string | undefined = payload.sessionId
      const messages =
        (event === 'session:open' && (await opened(named ?? sessionId, socket, named === undefined))) || []
      socket.send(`43${id}[{"ok":true,"session":{"id":"${named ?? sessionId}"},"messages":[${messages.join()}]}]`)
      if (event === 'message:send') asked(sessionId, socket, payload.content)
    })
  })
}

/** The frame of one delta. */
export function deltaFrame(sessionId: string, messageId: string, offset: number, text: string): string {
  return `42["delta",${JSON.stringify({ sessionId, messageId, attempt: 1, offset, text })}]`
}

/** The frame that ends an answer. */
export function finalFrame(sessionId: string, messageId: string): string {
  const message = { id: messageId, role: 'assistant', status: 'complete' }
  return `42["message",${JSON.stringify({ sessionId, message })}]`
}
