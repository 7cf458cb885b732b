import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Prompt, type PromptOptions } from '../../src/conversation/answer/prompt.ts'
import type { Turn } from '../../src/ports/model.ts'

const BARE: PromptOptions = { systemPrompt: '', contextMessages: 20, contextTokens: 0 }

/** Messages in short: `u:` a user's, `a:` an answer. */
const said = (...messages: string[]): Turn[] =>
  messages.map((message) => ({ role: message.startsWith('u:') ? 'user' : 'assistant', content: message.slice(2) }))
const short = (turns: readonly Turn[]): string[] => turns.map(({ role, content }) => `${role[0]}:${content}`)
const turnsOf = (messages: readonly Turn[], options: Partial<PromptOptions> = {}): string[] =>
  short(new Prompt(messages, { ...BARE, ...options }).turns)

describe('[S7] the conversation', () => {
  test('is the last CONTEXT_MESSAGES messages, from the first that is a user’s', () => {
    const messages = said('u:1', 'a:2', 'u:3', 'a:4', 'u:5')
    expect(turnsOf(messages, { contextMessages: 4 })).toEqual(['u:3', 'a:4', 'u:5'])
    expect(turnsOf(messages, { contextMessages: 3 })).toEqual(['u:3', 'a:4', 'u:5'])
    expect(turnsOf(messages, { contextMessages: 1 })).toEqual(['u:5'])
    expect(turnsOf(messages, { contextMessages: 99 })).toEqual(['u:1', 'a:2', 'u:3', 'a:4', 'u:5'])
  })

  test('leaves messages without words out, and joins the neighbours of one role by a blank line', () => {
    expect(turnsOf(said('u:1', 'a:', 'u:2', 'a: \n', 'u:3'))).toEqual(['u:1\n\n2\n\n3'])
    expect(turnsOf(said('u:1', 'a:2', 'a:3', 'u:4'))).toEqual(['u:1', 'a:2\n\n3', 'u:4'])
  })

  test('of whatever messages alternates from a user’s to the user’s that is new', () => {
    const message = fc.record<Turn>({
      role: fc.constantFrom('user', 'assistant'),
      content: fc.constantFrom('', ' \n', 'word', 'more words'),
    })
    fc.assert(
      fc.property(fc.array(message), fc.integer({ min: 1, max: 30 }), fc.nat(200), (before, limit, tokens) => {
        const messages = [...before, ...said('u:new')]
        const prompt = new Prompt(messages, { ...BARE, contextMessages: limit, contextTokens: tokens })
        do {
          const { turns } = prompt
          expect(turns.map(({ role }) => role)).toEqual(turns.map((_, i) => (i % 2 === 0 ? 'user' : 'assistant')))
          expect(turns.at(-1)?.content.endsWith('new')).toBe(true)
        } while (prompt.shorten())
        expect(short(prompt.turns)).toEqual(['u:new'])
      }),
    )
  })
})

describe('[S7] the system prompt', () => {
  test('comes first, and is no turn where it is blank', () => {
    expect(turnsOf(said('u:1'), { systemPrompt: 'Be kind.' })).toEqual(['s:Be kind.', 'u:1'])
    expect(turnsOf(said('u:1'), { systemPrompt: ' ' })).toEqual(['u:1'])
  })

  test('[S8] has the documents in it, also where there is nothing else in it', () => {
    for (const systemPrompt of ['Be kind.', '']) {
      const prompt = new Prompt(said('u:q'), { ...BARE, systemPrompt })
      prompt.add([{ title: 'T', text: 'the text', url: 'https://example.com', score: 1 }])
      const [system, ...rest] = prompt.turns
      expect(system?.role).toBe('system')
      for (const part of [systemPrompt, '[1] T', 'the text']) expect(system?.content).toContain(part)
      expect(system?.content).toBe(system?.content.trim())
      expect(short(rest)).toEqual(['u:q'])
      expect(prompt.sources).toEqual([{ title: 'T', url: 'https://example.com', score: 1 }])
    }
  })
})

describe('[S7] CONTEXT_TOKENS', () => {
  const long = 'x'.repeat(400) // 100 tokens and 4 around them

  test('drops the oldest turns until the estimate fits', () => {
    const messages = said(`u:${long}`, `a:${long}`, `u:${long}`, `a:${long}`, 'u:new')
    expect(turnsOf(messages, { contextTokens: 313 })).toHaveLength(3)
    expect(turnsOf(messages, { contextTokens: 312 })).toHaveLength(3)
    expect(turnsOf(messages, { contextTokens: 112 })).toEqual(['u:new'])
    for (const contextTokens of [20, 150, 250, 350, 500]) {
      expect(new Prompt(messages, { ...BARE, contextTokens }).tokens).toBeLessThanOrEqual(contextTokens)
    }
  })

  test('counts bytes: text that is not Latin has more tokens to the character', () => {
    const messages = said('u:字字字字', 'a:字字字字', 'u:new')
    expect(turnsOf(messages, { contextTokens: 18 })).toEqual(['u:new'])
    expect(turnsOf(messages, { contextTokens: 19 })).toHaveLength(3)
  })

  test('counts the system prompt and the documents, and always keeps the new message', () => {
    const messages = said('u:1', 'a:2', `u:${long}`)
    expect(turnsOf(messages, { contextTokens: 1 })).toEqual([`u:${long}`])
    const prompt = new Prompt(messages, { ...BARE, systemPrompt: 'Be kind.', contextTokens: 150 })
    expect(prompt.conversation).toHaveLength(3)
    prompt.add([{ title: 'T', text: long }])
    expect(short(prompt.conversation)).toEqual([`u:${long}`])
  })
})

test('[S7] a prompt is shortened by half, and at last by its documents', () => {
  const prompt = new Prompt(said('u:1', 'a:2', 'u:3', 'a:4', 'u:5', 'a:6', 'u:7'), BARE)
  prompt.add([{ title: 'T', text: 'the text' }])
  const kept: unknown[] = []
  while (prompt.shorten()) kept.push([short(prompt.conversation).join(' '), prompt.sources.length])
  expect(kept).toEqual([
    ['u:5 a:6 u:7', 1],
    ['u:7', 1],
    ['u:7', 0],
  ])
})

test('[S8] the retriever is asked for the new message alone, whatever is joined to it', () => {
  expect(new Prompt(said('u:1', 'a:', 'u:2'), BARE).query).toBe('2')
})
