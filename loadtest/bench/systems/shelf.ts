// Bare relay with a shelf: each message goes into the session's hash in Redis and is read from there, or from RAM. Nothing is
// fenced, watched or taken over: what Baton's steps cost beyond this is what these cost, and the packages that it is made of.
import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { streamAnswer } from './bare/provider.ts'
import { deltaFrame, finalFrame, serveSockets } from './bare/sockets.ts'

const TTL_SECONDS = 3600
const redis = new Redis(process.env.REDIS_URL ?? '')
const inRam = new Map<string, readonly string[]>()
const keyOf = (sessionId: string) => `session:${sessionId}`

function keep(sessionId: string, field: string, value: string): Promise<unknown> {
  return redis.multi().hset(keyOf(sessionId), field, value).expire(keyOf(sessionId), TTL_SECONDS).exec()
}

serveSockets(
  Number(process.env.PORT),
  async (sessionId, _socket, isNew) => {
    if (isNew) {
      await keep(sessionId, 'created_at', new Date().toISOString())
      return []
    }
    const known = inRam.get(sessionId)
    if (known !== undefined) {
      await redis.expire(keyOf(sessionId), TTL_SECONDS)
      return known
    }
    const [, messages = []] =
      (await redis.pipeline().expire(keyOf(sessionId), TTL_SECONDS).hvals(keyOf(sessionId)).exec()) ?? []
    const read = (messages[1] as string[]).filter((value) => value.startsWith('{'))
    inRam.set(sessionId, read)
    return read
  },
  async (sessionId, socket, content) => {
    const id = randomUUID()
    await keep(sessionId, `message:${randomUUID()}`, JSON.stringify({ role: 'user', status: 'complete', content }))
    let answer = ''
    const onText = (offset: number, text: string) => {
      answer += text
      socket.send(deltaFrame(sessionId, id, offset, text))
    }
    const onEnd = async () => {
      await keep(
        sessionId,
        `message:${id}`,
        JSON.stringify({ id, role: 'assistant', status: 'complete', content: answer }),
      )
      socket.send(finalFrame(sessionId, id))
    }
    void streamAnswer(content, onText, () => void onEnd())
  },
)
