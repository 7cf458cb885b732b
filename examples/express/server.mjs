// An app's own server beside Baton. It says who the user is, by signed tokens, and it owns the prompt: Baton asks it
// instead of the model, and it passes each request on with the user's own system prompt in front.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express from 'express'
import { SignJWT } from 'jose'

const { JWT_SECRET, OPENAI_API_KEY, MODEL_URL = 'https://api.openai.com/v1', MODEL_KEY = OPENAI_API_KEY } = process.env
if (!JWT_SECRET || !OPENAI_API_KEY) throw new Error('JWT_SECRET and OPENAI_API_KEY are needed')
const secret = new TextEncoder().encode(JWT_SECRET)
const PEOPLE = { ada: 'Ada, who wants short answers', grace: 'Grace, who likes an example with each answer' }

/** Whoever is signed in at your app. Put your own session in the place of this header. */
const userOf = (request) => (Object.hasOwn(PEOPLE, request.get('x-demo-user')) ? request.get('x-demo-user') : null)

const app = express()
// This file alone: beside it are the server's own.
app.get('/', (_request, response) => response.sendFile('index.html', { root: import.meta.dirname }))

// For the page. The client asks for a new token before each attempt to connect, so a token may be short-lived.
app.get('/token', async (request, response) => {
  const user = userOf(request)
  if (user === null) return response.status(401).end()
  const token = new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject(user).setExpirationTime('10m')
  response.type('text').send(await token.sign(secret))
})

// For Baton: the wire of the model, with the prompt put in here. `x-baton-user` is the token's `sub` (LLM_IDENTITY=on).
app.post('/v1/chat/completions', express.json({ limit: '1mb' }), async (request, response) => {
  if (request.get('authorization') !== `Bearer ${OPENAI_API_KEY}`) return response.status(401).end()
  const user = decodeURIComponent(request.get('x-baton-user') ?? '')
  const about = Object.hasOwn(PEOPLE, user) ? PEOPLE[user] : 'a guest'
  const prompt = { role: 'system', content: `You are the shop's assistant. You talk with ${about}.` }
  const gone = new AbortController()
  response.once('close', () => gone.abort()) // Baton stopped the answer, or the replica died
  try {
    const answer = await fetch(`${MODEL_URL}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${MODEL_KEY}` },
      body: JSON.stringify({ ...request.body, messages: [prompt, ...request.body.messages] }),
      signal: gone.signal,
    })
    response.status(answer.status).type(answer.headers.get('content-type') ?? 'application/json')
    const wait = answer.headers.get('retry-after')
    if (wait !== null) response.set('retry-after', wait) // Baton asks again no sooner
    await pipeline(Readable.fromWeb(answer.body), response)
  } catch {
    if (response.headersSent) response.destroy()
    else response.status(502).end() // Baton asks again
  }
})

// A malformed body or header is told as such. Express would show the stack.
app.use((error, _request, response, _next) => {
  response.status(error instanceof URIError ? 400 : (error.status ?? 500)).end()
})

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', (error) => {
  if (error) throw error // the port is in use, say
  console.log(`http://127.0.0.1:${server.address().port}`)
})
