import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DONE, delta, everySplit, named, RawTalk, STOP, say, stream } from '../support/raw-provider.ts'

let talk: RawTalk
beforeEach(async () => {
  talk = await RawTalk.start()
})
afterEach(() => talk.close())

describe('[F7] reasoning never becomes content', () => {
  const deltas: Record<string, object[]> = {
    reasoning_content: [
      { reasoning_content: 'h' },
      { reasoning_content: 'm', content: null },
      { reasoning_content: 'm', content: '' },
    ],
    reasoning: [{ reasoning: 'h' }, { reasoning: 'mm', content: '' }],
    thinking: [{ thinking: 'hmm' }],
    'reasoning and its details, which are the same': [
      { reasoning: 'hm', reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] },
      { reasoning: 'm', reasoning_details: [{ type: 'reasoning.summary', summary: 'm' }] },
    ],
    reasoning_details: [
      {
        reasoning_details: [
          { type: 'reasoning.text', text: 'h' },
          { type: 'reasoning.summary', summary: 'mm' },
        ],
      },
    ],
    'thinking parts': [
      { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'h' }] }] },
      {
        content: [
          { type: 'thinking', thinking: 'm' },
          { type: 'thinking', thinking: [{ type: 'text', text: 'm' }] },
        ],
      },
    ],
    'thoughts of Gemini': [{ content: 'hmm', extra_content: { google: { thought: true } } }],
  }
  test.each(Object.entries(deltas))('%s', async (_, fields) => {
    const { text, thoughts } = await talk.ask(
      stream(...fields.map((each) => delta(each)), say('Hel'), say('lo'), STOP, DONE),
    )
    expect([text, thoughts]).toEqual(['Hello', 'hmm'])
  })

  test('beside text, in every chunk', async () => {
    const both = (content: string) => delta({ reasoning_content: 'm', content })
    const { text, thoughts } = await talk.ask(stream(both('H'), both('e'), both('llo'), STOP, DONE))
    expect([text, thoughts]).toEqual(['Hello', 'mmm'])
  })

  test('where only the fact is told', async () => {
    const { text, sink } = await talk.ask(
      stream(delta({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] }), say('Hello'), STOP, DONE),
    )
    expect([text, sink.thoughts]).toEqual(['Hello', ['']])
  })

  test('empty fields tell of none', async () => {
    const empty = { reasoning_content: '', reasoning: null, reasoning_details: [], thinking: '' }
    const { text, sink } = await talk.ask(
      stream(delta({ ...empty, content: 'Hel' }), delta({ ...empty, content: 'lo' }), STOP, DONE),
    )
    expect([text, sink.thoughts]).toEqual(['Hello', []])
  })
})

const wires = {
  chat: (pieces: readonly string[]) => stream(...pieces.map(say), STOP, DONE),
  responses: (pieces: readonly string[]) =>
    stream(
      named({ type: 'response.created', sequence_number: 0, response: { id: 'r' } }),
      ...pieces.map((delta, at) => named({ type: 'response.output_text.delta', sequence_number: at + 1, delta })),
      named({ type: 'response.completed', sequence_number: 99, response: { id: 'r', status: 'completed' } }),
    ),
}

describe.each(['chat', 'responses'] as const)('[F7] <think> at the head of an answer, on the %s wire', (LLM_API) => {
  const reply = wires[LLM_API]
  beforeEach(async () => {
    await talk.use({ LLM_API })
  })

  const said = (text: string) => [...everySplit(Buffer.from(text))].map((parts) => parts.map(String))

  test.each([
    ['<think>hm</think>Hello', 'hm', 'Hello'],
    ['\n <think>\nhm</think>\n\nHello', '\nhm', 'Hello'],
    ['<think></think>Hello <think>', '', 'Hello <think>'],
    ['<think>a </thin b </think>Hello', 'a </thin b ', 'Hello'],
    ['<thinker>Hello', '', '<thinker>Hello'],
    [' Hello <think>no</think>', '', ' Hello <think>no</think>'],
    ['< Hello', '', '< Hello'],
    ['<think>hm', 'hm', ''],
    ['<think>hm</thi', 'hm</thi', ''],
    ['<think>hm</think> \n', 'hm', ''],
    ['<thi', '', '<thi'],
    ['  ', '', '  '],
  ])('%j, at every split', async (whole, thought, content) => {
    for (const pieces of [[whole], [...whole], ...said(whole)]) {
      const { text, thoughts, error } = await talk.ask(reply(pieces))
      expect([text, thoughts, error]).toEqual([content, thought, undefined])
    }
  })

  test('counts on a continuation, too, before what it repeats is trimmed', async () => {
    const resume = { text: 'The quick brown fox', bookmark: null }
    for (const pieces of said('<think>hm</think>\nbrown fox jumps')) {
      const { text, thoughts } = await talk.ask(reply(pieces), { resume })
      expect([text, thoughts]).toEqual([' jumps', 'hm'])
    }
  })

  test('[D5] text that cannot be a tag is not held back', async () => {
    const { sink } = await talk.ask(reply(['Hel', 'lo <', 'think>']))
    expect(sink.pieces).toEqual(['Hel', 'lo <', 'think>'])
    expect((await talk.ask(reply(['<b', '>']))).sink.pieces).toEqual(['<b', '>'])
    const blank = ' '.repeat(300)
    expect((await talk.ask(reply([blank, blank, 'a']))).sink.pieces).toEqual([blank, blank, 'a'])
  })
})

test('[F3] no place inside the thinking is one to reattach to', async () => {
  await talk.use({ LLM_API: 'responses' })
  const { sink } = await talk.ask(wires.responses(['<thi', 'nk>hm', '</think>', '\n', 'Hel', 'lo']))
  expect(sink.bookmarks.map(({ sequence }) => sequence)).toEqual([0, 5, 6])
})

test('[F7] what the Responses API tells of reasoning', async () => {
  await talk.use({ LLM_API: 'responses' })
  const { text, sink } = await talk.ask(
    stream(
      named({ type: 'response.created', response: { id: 'r' } }),
      named({ type: 'response.output_item.added', item: { type: 'reasoning' } }),
      named({ type: 'response.reasoning_summary_part.added', summary_index: 0 }),
      named({ type: 'response.reasoning_summary_text.delta', delta: 'a' }),
      named({ type: 'response.reasoning_summary_text.done', text: 'a' }),
      named({ type: 'response.reasoning_summary_part.done', part: { type: 'summary_text', text: 'a' } }),
      named({ type: 'response.reasoning_summary_part.added', summary_index: 1 }),
      named({ type: 'response.reasoning_text.delta', delta: 'b' }),
      named({ type: 'response.content_part.done', part: { type: 'reasoning_text', text: 'b' } }),
      named({
        type: 'response.output_item.done',
        item: { type: 'reasoning', summary: [{ text: 'a' }], content: [{ type: 'reasoning_text', text: 'b' }] },
      }),
      named({ type: 'response.output_text.delta', output_index: 1, delta: 'Hello' }),
      named({
        type: 'response.completed',
        response: {
          id: 'r',
          status: 'completed',
          output: [
            { type: 'reasoning', content: [{ text: 'b' }] },
            { type: 'message', content: [{ text: 'Hello' }] },
          ],
        },
      }),
    ),
  )
  expect([text, sink.thoughts]).toEqual(['Hello', ['', '', 'a', '\n\n', 'b']])
})
