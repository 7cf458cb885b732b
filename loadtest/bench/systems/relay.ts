// Bare relay: reads the provider's events with undici and sends each on over ws. Nothing is stored, nobody can resume.
import { randomUUID } from 'node:crypto'
import { streamAnswer } from './bare/provider.ts'
import { deltaFrame, finalFrame, serveSockets } from './bare/sockets.ts'

serveSockets(
  Number(process.env.PORT),
  () => [],
  (sessionId, socket, content) => {
    const messageId = randomUUID()
    void streamAnswer(
      content,
      (offset, text) => socket.send(deltaFrame(sessionId, messageId, offset, text)),
      () => socket.send(finalFrame(sessionId, messageId)),
    )
  },
)
