/**
 * The conformance table of providers: each one's dialect, as `dialects/` has it on record, played to the product's own model
 * byte for byte.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GO_ON } from '../../src/model/continuation.ts'
import type { Model } from '../../src/ports/model.ts'
import { Random } from '../simulation/random.ts'
import type { Dialect, Failure } from './dialect.ts'
import { DIALECTS } from './dialects/index.ts'
import { type Heard, hear, sideBySide, sourceFor } from './listening.ts'
import { type Play, Playback, type PlayedRequest } from './playback.ts'

/** Words, punctuation that JSON has as well, quotes, line ends, marks of HTML, characters of two, three and four bytes. */
const PIECES = [
  'The',
  ' sea',
  ',',
  ' it is',
  ':',
  ' "deep"',
  '\n\n',
  'é🌊',
  ' <b>&',
  '</b>',
  ' 漢字',
  ' and \\wide',
  '.',
]
const TEXT = PIECES.join('')
const THOUGHTS = ['They ask', ' about "the sea', '".\nBriefly', '.']

/** A stream of at most so many bytes is cut at every one of them, a longer one at so many places. */
const CUTS = 1000
const CUTS_OF_ENDS = 20
const SEED = Number(process.env.PROVIDERS_SEED ?? Math.floor(Math.random() * 2 ** 32))

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))('%s', (_, dialect) => {
  /** What the provider does with the request that has this tag in it. */
  const plays = new Map<string, (request: PlayedRequest) => Play>()
  let playback: Playback
  let source: Model
  let tags = 0

  beforeAll(async () => {
    playback = await Playback.start((request) => {
      const tag = /#\d+#/.exec(request.body)?.[0] ?? ''
      const play = plays.get(tag)
      if (play === undefined) throw new Error(`nothing to play for ${request.body}`)
      return play(request)
    })
    source = sourceFor(dialect, playback.url)
  })
  afterAll(async () => {
    await source.close()
    await playback.stop()
  })

  const events = (bytes: readonly string[], ending: Play['ending'] = 'whole') => ({
    headers: dialect.headers,
    parts: bytes.length === 0 ? [] : [Buffer.from(bytes.join(''))],
    ending,
  })

  /** Asks once, and `play` is the answer. */
  async function ask(play: Play): Promise<Heard> {
    const tag = `#${++tags}#`
    plays.set(tag, () => play)
    return hear(source, tag)
  }

  function expectWhole({ sink, end, failure }: Heard, where: string): void {
    expect(failure?.message, where).toBeUndefined()
    expect(sink.joined, where).toBe(TEXT)
    expect(end?.finishReason, where).toBe(dialect.finish)
    expect(sink.usages.at(-1), where).toEqual(dialect.usage)
    if (dialect.thinks) expect(sink.thoughts.join('').trim(), where).toBe(THOUGHTS.join(''))
  }

  it('[F6] [F7] says the same wherever the network cuts it', async () => {
    const bytes = Buffer.from(dialect.speak(PIECES, THOUGHTS).join(''))
    await sideBySide(placesIn(bytes.length, CUTS), async (at) => {
      const heard = await ask({ ...events([]), parts: [bytes.subarray(0, at), bytes.subarray(at)] })
      expectWhole(heard, `cut at byte ${at}, PROVIDERS_SEED=${SEED}`)
    })
  })

  it('says the same where every byte comes for itself', async () => {
    const bytes = Buffer.from(dialect.speak(PIECES, THOUGHTS).join(''))
    const parts = Array.from(bytes.keys(), (at) => bytes.subarray(at, at + 1))
    expectWhole(await ask({ ...events([]), parts }), 'byte by byte')
  })

  it('ends where its last event came, although the connection is cut', async () => {
    expectWhole(await ask(events(dialect.speak(PIECES, THOUGHTS), 'close')), 'cut at the end')
  })

  describe('[F3] a takeover after every event', () => {
    const told = dialect.speak(PIECES, THOUGHTS)

    it.each(dialect.continues)('LLM_CONTINUE=%s', async (style) => {
      const heir = sourceFor(dialect, playback.url, { LLM_CONTINUE: style, LLM_RESUME: 'continue' })
      try {
        await sideBySide(told.keys(), async (count) => {
          const tag = `#${++tags}#`
          const where = `after ${count} events`
          plays.set(tag, () => events(told.slice(0, count), count % 2 === 0 ? 'close' : 'reset'))
          const first = await hear(heir, tag)
          const stored = first.sink.joined
          expect(TEXT.startsWith(stored), `${where}: ${stored}`).toBe(true)
          if (first.failure === null) return expect(stored, where).toBe(TEXT)
          expect(first.failure.retryable, where).toBe(true)

          const requests: PlayedRequest[] = []
          plays.set(tag, (request) => {
            requests.push(request)
            // A model that is only asked to go on may think anew, and repeat the last words.
            const thoughts = style === 'instruct' || stored === '' ? THOUGHTS : []
            const again = style === 'instruct' && count % 3 === 0 && stored.length > 20 ? stored.slice(-10) : ''
            return events(dialect.speak(piecesOf(again + TEXT.slice(stored.length)), thoughts))
          })
          const second = await hear(heir, tag, stored === '' ? undefined : { text: stored, bookmark: null })
          expect(second.failure?.message, where).toBeUndefined()
          expect(stored + second.sink.joined, where).toBe(TEXT)
          if (stored !== '') expectAskedToGoOn(requests[0]?.body, dialect, style, stored)
        })
      } finally {
        await heir.close()
      }
    })

    if (dialect.api !== 'responses') return
    it('LLM_RESUME=reattach', async () => {
      const sequenceOf = (event: string) => Number(/"sequence_number":(\d+)/.exec(event)?.[1])
      for (const count of told.keys()) {
        const where = `after ${count} events`
        const first = await ask(events(told.slice(0, count), 'close'))
        const stored = first.sink.joined
        const bookmark = first.sink.bookmarks.at(-1) ?? null
        if (first.failure === null) {
          expect(stored, where).toBe(TEXT)
          continue
        }
        if (bookmark === null) {
          expect(stored, where).toBe('')
          continue
        }
        let path = ''
        plays.set('', (request) => {
          path = request.path
          return events(told.filter((event) => sequenceOf(event) > bookmark.sequence))
        })
        const second = await hear(source, '', { text: stored, bookmark })
        expect(second.failure?.message, where).toBeUndefined()
        expect(stored + second.sink.joined, where).toBe(TEXT)
        expect(path, where).toContain(`/responses/${bookmark.responseId}?`)
      }
    })
  })

  it.each(dialect.ends)('ends by $what', async ({ events: last, ...expected }) => {
    const told = dialect.speak([...PIECES, 'never said'], [])
    const text = told.slice(
      0,
      told.findIndex((event) => event.includes('never said')),
    )
    const bytes = Buffer.from([...text, ...last].join(''))
    await sideBySide(placesIn(bytes.length, CUTS_OF_ENDS), async (at) => {
      const { sink, end, failure } = await ask({ ...events([]), parts: [bytes.subarray(0, at), bytes.subarray(at)] })
      expect(sink.joined).toBe(TEXT)
      if ('finish' in expected) expect(end?.finishReason ?? failure?.message).toBe(expected.finish)
      else expectFailure(failure, expected)
    })
  })

  it.each(dialect.refusals)('refuses with $what', async ({ status, headers = '', body, ...expected }) => {
    const { sink, failure } = await ask({
      status,
      headers: `Content-Type: application/json\r\n${headers}`,
      parts: [Buffer.from(body)],
      ending: 'whole',
    })
    expect(sink.joined).toBe('')
    expectFailure(failure, expected)
    expect(failure?.message).not.toMatch(/sk-secr/)
  })
})

function expectFailure(failure: Heard['failure'], { retryable, contextTooLong = false, retryAfterMs }: Failure): void {
  expect(failure, 'it did not fail').not.toBeNull()
  expect({ contextTooLong: failure?.contextTooLong, retryAfterMs: failure?.retryAfterMs }).toEqual({
    contextTooLong,
    retryAfterMs,
  })
  // What is too long is asked in another way, whatever this says.
  if (!contextTooLong) expect(failure?.retryable, failure?.message).toBe(retryable)
}

/** The request says what to go on with, in the way of the setting. */
function expectAskedToGoOn(body: string | undefined, { api }: Dialect, style: string, stored: string): void {
  const request = JSON.parse(body ?? '{}') as Record<string, unknown>
  const turns = (api === 'chat' ? request.messages : request.input) as Record<string, unknown>[]
  const kind = api === 'chat' ? {} : { type: 'message' }
  const answer = { ...kind, role: 'assistant', content: stored }
  if (style === 'instruct') return expect(turns.slice(-2)).toEqual([answer, { ...kind, role: 'user', content: GO_ON }])
  expect(turns.at(-1)).toEqual(style === 'prefix' ? { ...answer, prefix: true } : answer)
  if (style === 'vllm') expect(request).toMatchObject({ continue_final_message: true, add_generation_prompt: false })
}

function piecesOf(text: string): string[] {
  return text.match(/\s*\S+|\s+$/gu) ?? []
}

/** Where a stream of so many bytes is cut in two. */
function placesIn(length: number, cuts: number): Iterable<number> {
  if (length <= cuts) return Array.from({ length: length - 1 }, (_, i) => i + 1)
  const random = new Random(SEED)
  return new Set(Array.from({ length: cuts }, () => random.int(1, length - 1)))
}
