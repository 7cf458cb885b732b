/** The Responses API as servers speak it that number parts and events in ways of their own. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { json, named, RawTalk, stream } from '../support/raw-provider.ts'

let talk: RawTalk
beforeEach(async () => {
  talk = await RawTalk.start({ LLM_API: 'responses' })
})
afterEach(() => talk.close())

type Event = { type: string; [field: string]: unknown }
const numbered = (events: readonly Event[], from = 0) =>
  events.map((fields, at) => named({ ...fields, sequence_number: from + at }))
const created = { type: 'response.created', response: { id: 'resp_1', status: 'in_progress' } }
const part = (text: string) => ({ type: 'output_text', text })
const message = (text: string, id = 'msg_1') => ({ type: 'message', id, role: 'assistant', content: [part(text)] })
const thought = { type: 'reasoning', id: 'rs_1', summary: [], content: [{ type: 'reasoning_text', text: 'hm' }] }
const completed = (...output: object[]) => ({
  type: 'response.completed',
  response: { id: 'resp_1', model: 'm', status: 'completed', output },
})

/** As llama.cpp's to_json_oaicompat_resp_stream sends them: no output_index, no content_index, no sequence_number. */
const llamaCpp: Event[] = [
  created,
  { type: 'response.output_item.added', item: { id: 'rs_1', type: 'reasoning', summary: [] } },
  { type: 'response.reasoning_text.delta', item_id: 'rs_1', delta: 'hm' },
  { type: 'response.output_item.added', item: { id: 'msg_1', type: 'message', content: [] } },
  { type: 'response.output_text.delta', item_id: 'msg_1', delta: 'Hel' },
  { type: 'response.output_text.delta', item_id: 'msg_1', delta: 'lo' },
  { type: 'response.output_item.done', item: thought },
  { type: 'response.output_text.done', item_id: 'msg_1', text: 'Hello' },
  { type: 'response.content_part.done', item_id: 'msg_1', part: part('Hello') },
  { type: 'response.output_item.done', item: message('Hello') },
  completed(thought, message('Hello')),
]

/** As LiteLLM's bridge from chat completions: all of it at output_index 0, the reasoning item first in the end. */
const litellm: Event[] = [
  created,
  { type: 'response.reasoning_summary_text.delta', item_id: 'rs_1', output_index: 0, delta: 'hm' },
  { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hel' },
  { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'lo' },
  { type: 'response.output_text.done', item_id: 'msg_1', output_index: 0, content_index: 0, text: 'Hello' },
  {
    type: 'response.content_part.done',
    item_id: 'msg_1',
    output_index: 0,
    content_index: 0,
    part: { type: 'reasoning_text', reasoning: 'hm' },
  },
  { type: 'response.output_item.done', output_index: 0, item: message('Hello') },
  completed(thought, message('Hello', 'chatcmpl-1')),
]

/** As vLLM's _process_simple_streaming_events: content_index grows with every event. */
const vllm: Event[] = [
  created,
  { type: 'response.output_item.added', output_index: 0, item: { id: 'a', type: 'message', content: [] } },
  { type: 'response.content_part.added', output_index: 0, content_index: 0, item_id: 'a', part: part('') },
  { type: 'response.output_text.delta', output_index: 0, content_index: 1, item_id: 'a', delta: 'Hel' },
  { type: 'response.output_text.delta', output_index: 0, content_index: 2, item_id: 'a', delta: 'lo' },
  { type: 'response.output_text.done', output_index: 0, content_index: 3, item_id: 'a', text: 'Hello' },
  { type: 'response.content_part.done', output_index: 0, content_index: 4, item_id: 'a', part: part('Hello') },
  { type: 'response.output_item.done', output_index: 0, item: message('Hello', 'a') },
  completed(message('Hello', 'msg_9')),
]

/** As vLLM's streaming_events.py for gpt-oss: the answer is part 1 of item 1, of which the item knows as its part 0. */
const gptOss: Event[] = [
  created,
  { type: 'response.output_item.added', output_index: 0, item: { id: 'r', type: 'reasoning', summary: [] } },
  { type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, item_id: 'r', delta: 'hm' },
  { type: 'response.output_item.done', output_index: 0, item: thought },
  { type: 'response.output_item.added', output_index: 1, item: { id: 'a', type: 'message', content: [] } },
  { type: 'response.output_text.delta', output_index: 1, content_index: 1, item_id: 'a', delta: 'Hel' },
  { type: 'response.output_text.delta', output_index: 1, content_index: 1, item_id: 'a', delta: 'lo' },
  { type: 'response.output_text.done', output_index: 1, content_index: 1, item_id: 'a', text: 'Hello' },
  { type: 'response.content_part.done', output_index: 1, content_index: 1, item_id: 'a', part: part('Hello') },
  { type: 'response.output_item.done', output_index: 1, item: message('Hello', 'a') },
  completed(thought, message('Hello', 'msg_9')),
]

test.each(Object.entries({ llamaCpp, litellm, vllm, gptOss }))('[F8] %s: text counts once', async (name, events) => {
  const bytes = name === 'llamaCpp' || name === 'litellm' ? events.map(named) : numbered(events)
  const { text, end } = await talk.ask(stream(...bytes))
  expect([text, end?.finishReason]).toEqual(['Hello', 'stop'])
})

test('[F8] the same after reattaching, where the text begins with <think>', async () => {
  const words = '<think>hm</think>\n\nHello'
  const events: Event[] = [
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'lo' },
    { type: 'response.output_text.done', output_index: 0, content_index: 0, text: words },
    { type: 'response.content_part.done', output_index: 0, content_index: 0, part: part(words) },
    { type: 'response.output_item.done', output_index: 0, item: message(words) },
    completed(message(words)),
  ]
  const resume = { text: 'Hel', bookmark: { responseId: 'resp_1', sequence: 3 } }
  const { text } = await talk.ask(stream(...numbered(events, 4)), { resume })
  expect(text).toBe('lo')
})

test('[F8] a background response that is told instead of streamed, and still runs, is cancelled', async () => {
  const queued = { object: 'response', id: 'resp_1', status: 'queued', output: [] }
  const { error } = await talk.ask(json('200 OK', queued))
  expect(error).toMatchObject({ retryable: true })
  await expect.poll(() => talk.provider.requests.map(({ path }) => path)).toContain('/v1/responses/resp_1/cancel')
})

test.each([0, 1, -1])('[F8] numbers that say nothing (all of them %i) cost neither text nor end', async (number) => {
  const events: Event[] = [
    created,
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hel' },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'lo' },
    completed(message('Hello')),
  ]
  const bytes = events.map((fields) => named({ ...fields, sequence_number: number }))
  const { text, end, error } = await talk.ask(stream(...bytes))
  expect([text, end?.finishReason, error?.message]).toEqual(['Hello', 'stop', undefined])
})

test('[F7] a tag in the middle of an answer is text after reattaching, too', async () => {
  const events: Event[] = [
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: '<think>' },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: ' opens it.' },
    completed(message('The tag <think> opens it.')),
  ]
  const resume = { text: 'The tag ', bookmark: { responseId: 'resp_1', sequence: 3 } }
  const { text } = await talk.ask(stream(...numbered(events, 4)), { resume })
  expect(text).toBe('<think> opens it.')
})

/** vLLM sends no text of a step that ends the reasoning as well (its `elif`), as under speculative decoding; the whole has it. */
const vllmThinking: Event[] = [
  created,
  { type: 'response.reasoning_text.delta', output_index: 0, content_index: 1, item_id: 'a', delta: 'hm' },
  { type: 'response.output_item.done', output_index: 0, item: thought },
  { type: 'response.content_part.added', output_index: 1, content_index: 0, item_id: 'b', part: part('') },
  { type: 'response.output_text.delta', output_index: 1, content_index: 1, item_id: 'b', delta: 'lo ' },
  { type: 'response.output_text.delta', output_index: 1, content_index: 2, item_id: 'b', delta: 'world' },
  { type: 'response.output_text.done', output_index: 1, content_index: 3, item_id: 'b', text: 'lo world' },
  { type: 'response.content_part.done', output_index: 1, content_index: 4, item_id: 'b', part: part('lo world') },
  { type: 'response.output_item.done', output_index: 1, item: message('lo world', 'b') },
  completed(thought, message('Hello world', 'msg_9')),
]

/** The whole begins with what a template writes, and the pieces do not. */
const headed: Event[] = [
  created,
  { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hello' },
  completed(message('\n\nHello')),
]

test.each([
  ['vllm', vllmThinking, 'lo world'],
  ['headed', headed, 'Hello'],
])('[F8] %s: what the whole has before the pieces is not told behind them', async (_name, events, wanted) => {
  const { text } = await talk.ask(stream(...numbered(events)))
  expect(text).toBe(wanted)
})

const at = (type: string, output_index: number, more: object) => ({ type, output_index, content_index: 0, ...more })
const openai: Event[] = [
  created,
  at('response.output_item.added', 0, { item: { type: 'reasoning', id: 'rs' } }),
  at('response.output_item.done', 0, { item: { type: 'reasoning', id: 'rs', summary: [] } }),
  at('response.output_item.added', 1, { item: { type: 'message', content: [] } }),
  at('response.content_part.added', 1, { part: part('') }),
  at('response.output_text.delta', 1, { delta: 'Look. ' }),
  at('response.output_text.done', 1, { text: 'Look. ' }),
  at('response.content_part.done', 1, { part: part('Look. ') }),
  at('response.output_item.done', 1, { item: message('Look. ') }),
  at('response.output_item.added', 2, { item: { type: 'web_search_call' } }),
  at('response.output_item.done', 2, { item: { type: 'web_search_call' } }),
  at('response.output_item.added', 3, { item: { type: 'message', content: [] } }),
  at('response.content_part.added', 3, { part: part('') }),
  at('response.output_text.delta', 3, { delta: 'Look. ' }),
  at('response.output_text.annotation.added', 3, { annotation: {} }),
  at('response.output_text.delta', 3, { delta: 'Yes' }),
  at('response.output_text.done', 3, { text: 'Look. Yes' }),
  at('response.output_item.done', 3, { item: message('Look. Yes') }),
  at('response.output_item.added', 4, { item: { type: 'message', content: [] } }),
  { type: 'response.refusal.delta', output_index: 4, content_index: 0, delta: 'No.' },
  { type: 'response.refusal.done', output_index: 4, content_index: 0, refusal: 'No.' },
  at('response.output_item.done', 4, { item: { type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] } }),
  completed({ type: 'reasoning' }, message('Look. '), { type: 'web_search_call' }, message('Look. Yes'), {
    type: 'message',
    content: [{ type: 'refusal', refusal: 'No.' }],
  }),
]
const WHOLE = 'Look. \n\nLook. Yes\n\nNo.'
const cuts = openai.map((_, n) => n).filter((n) => n > 0 && n < openai.length)
/** What the first owner leaves behind where it dies after that many events. */
async function begunBy(n: number) {
  const { text, sink } = await talk.ask((socket, { path }) => {
    socket.write(path.endsWith('/cancel') ? json('200 OK', {}) : stream(...numbered(openai.slice(0, n))))
  })
  const bookmark = sink.bookmarks.at(-1)
  if (bookmark === undefined) throw new Error('nothing to go on with')
  return { text, bookmark }
}
test.each(cuts)('[F8] as OpenAI does, gone on with after event %i', async (n) => {
  const resume = await begunBy(n)
  const from = resume.bookmark.sequence + 1
  const { text } = await talk.ask(stream(...numbered(openai.slice(from), from)), { resume })
  expect(resume.text + text).toBe(WHOLE)
})
test.each(cuts)('[F8] as OpenAI does, gone on with after event %i without pieces', async (n) => {
  const resume = await begunBy(n)
  const rest = numbered(openai.slice(n), n).filter((_, i) => i === openai.length - n - 1)
  const { text } = await talk.ask(stream(...rest), { resume })
  expect(resume.text + text).toBe(WHOLE)
})
test('[F8] as OpenAI does: reasoning, two messages with a search between, and a refusal', async () => {
  const { text } = await talk.ask(stream(...numbered(openai)))
  expect(text).toBe(WHOLE)
})

test('[F8] two messages are told apart where they come whole, too', async () => {
  const output = [message('Look.'), { type: 'web_search_call' }, message('Yes')]
  const { text } = await talk.ask(stream(...numbered([created, completed(...output)])))
  expect(text).toBe('Look.\n\nYes')
})

test('[F8] a provider that does not say where a message begins has no text doubled', async () => {
  const pieces = [
    at('response.output_text.delta', 0, { delta: 'Look.' }),
    at('response.output_text.delta', 1, { delta: 'Y' }),
  ]
  const end = completed(message('Look.'), message('Yes'))
  expect((await talk.ask(stream(...numbered([created, ...pieces, end])))).text).toBe('Look.Yes')
  const resume = { text: 'Look.Y', bookmark: { responseId: 'resp_1', sequence: 2 } }
  expect((await talk.ask(stream(...numbered([end], 3)), { resume })).text).toBe('es')
})

test('[F8] a provider that does not say where a message begins has no text doubled behind an earlier one', async () => {
  const end = completed(message(' Now 1.'), message(' Now 2.'))
  const resume = { text: 'Old text here. Now 1. Now 2.', bookmark: { responseId: 'resp_1', sequence: 2 } }
  expect((await talk.ask(stream(...numbered([end], 3)), { resume })).text).toBe('')
})

test('[F8] a message that is said to begin again in the middle of a word stays one', async () => {
  const added = at('response.output_item.added', 0, { item: { type: 'message', id: 'msg_1', content: [] } })
  const pieces = ['Hel', 'lo'].flatMap((delta) => [added, at('response.output_text.delta', 0, { delta })])
  expect((await talk.ask(stream(...numbered([created, ...pieces, completed(message('Hello'))])))).text).toBe('Hello')
})
