// NATS JetStream between provider and client: each token is published to a stream on disk, and what JetStream has stored comes
// back through the session's ordered consumer and goes to the client. So text is durable before it is visible, as in Baton.
import { randomUUID } from 'node:crypto'
import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { WebSocket } from 'ws'
import { streamAnswer } from './bare/provider.ts'
import { deltaFrame, finalFrame, serveSockets } from './bare/sockets.ts'

const { NATS_URL = '', PORT } = process.env
const STREAM = 'sessions'
const TTL_NS = 3600e9

const connection = await connect({ servers: NATS_URL })
const manager = await jetstreamManager(connection)
await manager.streams.add({ name: STREAM, subjects: ['session.*'], max_age: TTL_NS })
const stream = jetstream(connection)

serveSockets(Number(PORT), follow, (sessionId, _, content) => ask(sessionId, content))

/** Sends the socket whatever the stream holds of its session. */
async function follow(sessionId: string, socket: WebSocket): Promise<readonly string[]> {
  const consumer = await stream.consumers.get(STREAM, {
    filter_subjects: `session.${sessionId}`,
    deliver_policy: DeliverPolicy.All,
  })
  await consumer.consume({ callback: (message) => socket.send(message.string()) })
  return []
}

function ask(sessionId: string, content: string): void {
  const messageId = randomUUID()
  // A publication that fails ends the process, and the run with it: the bench has no use for what came late.
  const publish = (frame: string) => stream.publish(`session.${sessionId}`, frame)
  void streamAnswer(
    content,
    (offset, text) => publish(deltaFrame(sessionId, messageId, offset, text)),
    () => publish(finalFrame(sessionId, messageId)),
  )
}
