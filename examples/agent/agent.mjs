// An agent of one's own behind the wire of chat completions. Baton asks it like any model.
//
// An agent does things, so it must not do them twice. It runs once for an answer, which `x-baton-message` names, whatever
// becomes of the connection. When the replica that asked is killed, the next one asks again with the text that it holds
// (LLM_CONTINUE=prefix), and is given the rest of the same run.
import { EventEmitter, on } from 'node:events'
import { createServer } from 'node:http'

const KEPT_MS = 10 * 60_000
const MAX_BODY_BYTES = 1024 * 1024
const WORD_MS = Number(process.env.WORD_MS ?? 400) // slow enough to kill a replica by hand meanwhile
const TOOLS_URL = process.env.TOOLS_URL // is told of each order, once

/** One answer: its text so far, and whether more will come. */
class Run extends EventEmitter {
  text = ''
  ended = false
  told = false // to its end

  constructor(question) {
    super()
    this.#work(question)
      .catch((error) => this.#say(`\n\nThat did not work: ${error.message}`))
      .finally(() => {
        this.ended = true
        this.emit('news')
      })
  }

  /** The agent itself. Put yours here: a plan, tools, other models. */
  async #work(question) {
    await this.#say('Let me see. ')
    const order = /\d+/.exec(question)?.[0] ?? '1'
    if (TOOLS_URL) await fetch(`${TOOLS_URL}/orders/${order}`, { method: 'POST' })
    for (const word of `Order ${order} is on its way: it left this morning and comes tomorrow.`.split(/(?<= )/)) {
      await new Promise((resolve) => setTimeout(resolve, WORD_MS))
      await this.#say(word)
    }
  }

  async #say(text) {
    this.text += text
    this.emit('news')
  }

  /** The text behind the first `from` characters, piece by piece. */
  async *rest(from, signal) {
    const news = on(this, 'news', { signal })
    for (let shown = from; ; await news.next()) {
      const piece = this.text.slice(shown)
      shown = Math.max(shown, this.text.length)
      if (piece !== '') yield piece
      if (this.ended && shown >= this.text.length) return
    }
  }
}

const runs = new Map()

/** Until it was told to its end, a run is asked for again because a replica died, maybe before it had any text to hold. */
function runOf(id, question, isContinuation) {
  const known = runs.get(id)
  if (known && (isContinuation || !known.told)) return known
  const run = new Run(question) // a new answer, or one that is made again
  runs.set(id, run)
  setTimeout(() => runs.get(id) === run && runs.delete(id), KEPT_MS).unref()
  return run
}

async function bodyOf(request) {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk
    if (body.length > MAX_BODY_BYTES) throw new Error('too large')
  }
  return JSON.parse(body)
}

async function answer(request, response) {
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') return response.writeHead(404).end()
  const id = request.headers['x-baton-message']
  if (!id) return response.writeHead(400).end('x-baton-message is missing: LLM_IDENTITY=on makes Baton send it')
  const { model, messages } = await bodyOf(request)
  const last = messages.at(-1)
  const held = last.role === 'assistant' ? last.content : ''
  const question = messages.findLast(({ role }) => role === 'user').content
  const run = runOf(id, question, held !== '')

  const gone = new AbortController()
  response.once('close', () => gone.abort())
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (delta, finish_reason = null) =>
    response.write(
      `data: ${JSON.stringify({ object: 'chat.completion.chunk', model, choices: [{ index: 0, delta, finish_reason }] })}\n\n`,
    )
  for await (const piece of run.rest(held.length, gone.signal)) send({ content: piece })
  send({}, 'stop')
  response.end('data: [DONE]\n\n')
  run.told = true
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    if (error.name === 'AbortError') return // the replica is gone, or the answer was stopped
    if (response.headersSent) response.destroy()
    else response.writeHead(400).end()
  })
}).listen(Number(process.env.PORT ?? 3001), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/v1`)
})
