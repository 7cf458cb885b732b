// Plain composition: the packages that Baton is made of, put together as their documentation shows. The provider is read by
// `for await` over openai, each token is stored by an XADD that is awaited (so that it is durable before it is visible) and
// emitted to the session's room through the sharded Redis adapter.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { createShardedAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import OpenAI from 'openai'
import { Server } from 'socket.io'

const { PORT, OPENAI_BASE_URL, REDIS_URL = '' } = process.env
const TTL_SECONDS = 3600

const openai = new OpenAI({ apiKey: 'none', baseURL: OPENAI_BASE_URL ?? null })
const redis = new Redis(REDIS_URL)
const subscriber = redis.duplicate()
const server = createServer((_, response) => response.end('ok'))
const io = new Server(server, { transports: ['websocket'], adapter: createShardedAdapter(redis, subscriber) })

io.on('connection', (socket) => {
  socket.on('session:open', async (_request, acknowledge) => {
    const id = randomUUID()
    await redis.hset(`session:${id}`, { created_at: new Date().toISOString() })
    await redis.expire(`session:${id}`, TTL_SECONDS)
    await socket.join(id)
    acknowledge({ ok: true, session: { id } })
  })
  socket.on('message:send', async ({ sessionId, id, content }, acknowledge) => {
    const message = { id, role: 'user', status: 'complete', content }
    const answer = { id: randomUUID(), role: 'assistant', status: 'streaming', content: '' }
    await redis.hset(`session:${sessionId}`, id, JSON.stringify(message))
    acknowledge({ ok: true, message, answer })
    await stream(sessionId, answer, content)
  })
})

async function stream(sessionId: string, answer: { id: string; role: string }, prompt: string): Promise<void> {
  const key = `session:${sessionId}:${answer.id}`
  const completion = await openai.chat.completions.create({
    model: 'bench',
    stream: true,
    messages: [{ role: 'user', content: prompt }],
  })
  let content = ''
  for await (const chunk of completion) {
    const text = chunk.choices[0]?.delta.content
    if (!text) continue
    await redis.xadd(key, '*', 'text', text)
    io.to(sessionId).emit('delta', { sessionId, messageId: answer.id, attempt: 1, offset: content.length, text })
    content += text
  }
  await redis.expire(key, TTL_SECONDS)
  const message = { ...answer, status: 'complete', content }
  await redis.hset(`session:${sessionId}`, answer.id, JSON.stringify(message))
  io.to(sessionId).emit('message', { sessionId, message })
}

server.listen(Number(PORT), '127.0.0.1')
