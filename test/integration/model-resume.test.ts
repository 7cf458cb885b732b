import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSettings } from '../../src/config/settings.ts'
import { GO_ON } from '../../src/model/continuation.ts'
import { createModel } from '../../src/model/create.ts'
import { silentLog } from '../../src/ports/log.ts'
import { type Bookmark, Detached, type Model, type ModelRequest } from '../../src/ports/model.ts'
import { fail, reset, type ScriptedModel, silence, startScriptedModel } from '../support/scripted-model.ts'
import { RecordingSink } from '../support/scripted-model-sink.ts'

const ANSWER = 'The replica that owned this answer has died, and another one goes on. 😀 Nothing is lost.'
const never = new AbortController().signal
const request: ModelRequest = {
  turns: [{ role: 'user', content: 'Tell me.' }],
  sessionId: 's',
  messageId: 'm-1',
  userId: null,
}
const continuing = (text: string): ModelRequest => ({ ...request, resume: { text, bookmark: null } })

let model: ScriptedModel
let source: Model
let sink: RecordingSink

beforeEach(async () => {
  model = await startScriptedModel()
  sink = new RecordingSink()
})
afterEach(async () => {
  await source.close()
  await model.close()
})

function use(env: Record<string, string>): void {
  source = createModel(readSettings({ OPENAI_BASE_URL: model.url, ...env }), silentLog)
}

describe('[F3] what a source can do', () => {
  it.each([
    ['chat', 'auto', 'continue'],
    ['chat', 'restart', 'restart'],
    ['chat', 'none', 'none'],
    ['responses', 'auto', 'reattach'],
    ['responses', 'continue', 'continue'],
    ['responses', 'restart', 'restart'],
  ])('%s with LLM_RESUME=%s resumes by %s', (LLM_API, LLM_RESUME, expected) => {
    use({ LLM_API, LLM_RESUME })
    expect(source.resumes).toBe(expected)
  })
})

describe('[F3] continuing over chat completions', () => {
  const stored = ANSWER.slice(0, 40)
  const asked = { role: 'user', content: 'Tell me.' }
  const said = { role: 'assistant', content: stored }
  const styles: [string, object][] = [
    ['instruct', { messages: [asked, said, { role: 'user', content: GO_ON }] }],
    ['prefix', { messages: [asked, { ...said, prefix: true }] }],
    ['vllm', { messages: [asked, said], continue_final_message: true, add_generation_prompt: false }],
  ]

  it.each(styles)('%s asks to go on with the stored text', async (LLM_CONTINUE, expected) => {
    use({ LLM_API: 'chat', LLM_CONTINUE })
    model.say(ANSWER)
    await source.generate(continuing(stored), sink, never)
    expect(stored + sink.joined).toBe(ANSWER)
    expect(model.requests[0]?.body).toMatchObject(expected)
    expect(model.generations).toBe(0)
  })

  it.each([0, 8, 13, 40])('trims %i repeated characters, wherever the text was cut', async (repeats) => {
    use({ LLM_API: 'chat' })
    model.say(ANSWER, { repeats })
    for (let cut = Math.max(1, repeats); cut <= ANSWER.length; cut += 7) {
      const rest = new RecordingSink()
      await source.generate(continuing(ANSWER.slice(0, cut)), rest, never)
      expect(ANSWER.slice(0, cut) + rest.joined).toBe(ANSWER)
    }
  })

  it('keeps the beginning of an answer that is all new although it began like the stored one', async () => {
    use({ LLM_API: 'chat' })
    model.script(() => ['The replica', ' that', ' lives'])
    await source.generate(continuing(stored), sink, never)
    expect(sink.joined).toBe('The replica that lives')
  })

  it('begins anew where nothing was stored', async () => {
    use({ LLM_API: 'chat' })
    model.say(ANSWER)
    await source.generate(continuing(''), sink, never)
    expect(sink.joined).toBe(ANSWER)
    expect(model.requests[0]?.body).toMatchObject({ messages: [asked] })
  })
})

describe('[F3] reattaching over responses', () => {
  beforeEach(() => use({ LLM_API: 'responses' }))

  it('goes on after the bookmark, at whichever event the stream broke, and asks once', async () => {
    const words = ANSWER.split(' ').map((word, at) => (at === 0 ? word : ` ${word}`))
    for (let cut = 0; cut <= words.length; cut++) {
      const asked = model.generations
      const [first, second] = [new RecordingSink(), new RecordingSink()]
      model.script(() => [...words.slice(0, cut), reset, ...words.slice(cut)])
      await expect(source.generate(request, first, never)).rejects.toMatchObject({ retryable: true })
      const bookmark = first.bookmarks.at(-1) ?? null
      expect(bookmark).not.toBeNull()
      const end = await source.generate({ ...request, resume: { text: first.joined, bookmark } }, second, never)
      expect(end).toMatchObject({ finishReason: 'stop' })
      expect(first.joined + second.joined).toBe(ANSWER)
      expect(model.generations).toBe(asked + 1)
    }
  })

  it('gives a bookmark with every event, after its text', async () => {
    model.say(['a', 'b'])
    const seen: string[] = []
    sink.bookmark = ({ sequence }) => seen.push(`${sequence}:${sink.joined}`)
    await source.generate(request, sink, never)
    expect(seen).toEqual(['0:', '1:', '2:a', '3:ab', '4:ab'])
  })

  it('follows an answer that is still being made', async () => {
    let more = () => {}
    const gate = new Promise<void>((resolve) => {
      more = resolve
    })
    model.script(async function* () {
      yield 'one'
      yield reset
      await gate
      yield ' two'
    })
    await expect(source.generate(request, sink, never)).rejects.toMatchObject({ retryable: true })
    const resume = { text: 'one', bookmark: sink.bookmarks.at(-1) ?? null }
    const running = source.generate({ ...request, resume }, sink, never)
    await model.until(() => model.requests.length === 2)
    more()
    await running
    expect(sink.joined).toBe('one two')
    expect(model.requests[1]?.path).toContain('?stream=true&starting_after=2')
  })

  it('drops what a provider replays although it was told not to', async () => {
    model.say(['a', 'b', 'c'])
    await source.generate(request, sink, never)
    model.ignoresStartingAfter = true
    const again = new RecordingSink()
    const [, , , bookmark = null] = sink.bookmarks // that of 'b'
    await source.generate({ ...request, resume: { text: 'ab', bookmark } }, again, never)
    expect(again.joined).toBe('c')
  })

  it('[D7] an abort cancels the response that it reattached to, also before it did', async () => {
    model.script(() => ['a', reset, silence])
    await expect(source.generate(request, sink, never)).rejects.toMatchObject({ retryable: true })
    const resume = { text: 'a', bookmark: sink.bookmarks.at(-1) ?? null }
    await expect(source.generate({ ...request, resume }, sink, AbortSignal.abort('no'))).rejects.toBe('no')
    await model.until(() => model.cancels === 1)
    expect(model.requests.map(({ kind }) => kind)).toEqual(['create', 'cancel'])
  })

  it('[F5] an answer that is only let go of runs on, and another replica reattaches to it', async () => {
    let more = () => {}
    const gate = new Promise<void>((resolve) => {
      more = resolve
    })
    model.script(async function* () {
      yield 'one'
      await gate
      yield ' two'
    })
    const controller = new AbortController()
    const running = source.generate(request, sink, controller.signal)
    await sink.when((text) => text === 'one')
    controller.abort(new Detached())
    await expect(running).rejects.toBeInstanceOf(Detached)
    await model.until(() => model.disconnects === 1)
    const resume = { text: 'one', bookmark: sink.bookmarks.at(-1) ?? null }
    const again = { ...request, resume }
    await expect(source.generate(again, sink, AbortSignal.abort(new Detached()))).rejects.toBeInstanceOf(Detached)
    more()
    await source.generate(again, sink, never)
    expect(sink.joined).toBe('one two')
    expect(model.cancels).toBe(0)
  })

  it('[D7] a response that an earlier stream left can be cancelled', async () => {
    model.script(() => ['a', reset, silence])
    await expect(source.generate(request, sink, never)).rejects.toMatchObject({ retryable: true })
    for (const bookmark of sink.bookmarks.slice(-1)) source.cancel(bookmark)
    source.cancel({ responseId: 'resp_gone', sequence: 1 })
    await model.until(() => model.cancels === 1)
    await model.until(() => model.requests.length === 3)
  })

  it('[F8] continues the text of a response that the provider no longer knows', async () => {
    model.say(ANSWER)
    const stored = ANSWER.slice(0, 45)
    const bookmark = { responseId: 'resp_gone', sequence: 3 }
    await source.generate({ ...request, resume: { text: stored, bookmark } }, sink, never)
    expect(stored + sink.joined).toBe(ANSWER)
    expect(model.requests.map(({ kind }) => kind)).toEqual(['retrieve', 'create'])
    expect(sink.bookmarks.at(-1)?.responseId).toBe('resp_1')
  })

  it('[F8] continues the text of a response that has failed, and says first that it may be asked again', async () => {
    model.script(() => ['The replica', fail()])
    await expect(source.generate(request, sink, never)).rejects.toMatchObject({ retryable: true })
    model.say(ANSWER)
    await source.generate(
      { ...request, resume: { text: sink.joined, bookmark: sink.bookmarks.at(-1) ?? null } },
      sink,
      never,
    )
    expect(sink.joined).toBe(ANSWER)
    expect(model.cancels).toBe(0)
  })

  it('continues by instruction where there is text but no bookmark', async () => {
    model.say(ANSWER, { repeats: 20 })
    const stored = ANSWER.slice(0, 45)
    await source.generate(continuing(stored), sink, never)
    expect(stored + sink.joined).toBe(ANSWER)
    expect(model.requests[0]?.continues).toBe(stored)
  })

  it('gives no bookmark in the middle of a repetition, so that each can be gone on from', async () => {
    model.say([...ANSWER], { repeats: 20 })
    const stored = ANSWER.slice(0, 45)
    const places: { bookmark: Bookmark; text: string }[] = []
    sink.bookmark = (bookmark) => places.push({ bookmark, text: stored + sink.joined })
    await source.generate(continuing(stored), sink, never)
    for (const { bookmark, text } of places) {
      const rest = new RecordingSink()
      await source.generate({ ...request, resume: { text, bookmark } }, rest, never)
      expect(text + rest.joined).toBe(ANSWER)
    }
  })

  it('[F8] continues, and cancels what runs, where LLM_RESUME says so', async () => {
    model.script(() => ['The replica', reset, silence])
    await expect(source.generate(request, sink, never)).rejects.toMatchObject({ retryable: true })
    await source.close()
    use({ LLM_API: 'responses', LLM_RESUME: 'continue' })
    model.say(ANSWER)
    const resume = { text: 'The replica', bookmark: sink.bookmarks.at(-1) ?? null }
    await source.generate({ ...request, resume }, sink, never)
    expect(sink.joined).toBe(ANSWER)
    await model.until(() => model.cancels === 1)
  })

  it.each(['continue', 'restart', 'none'])(
    '[F8] asks for no background work with LLM_RESUME=%s',
    async (LLM_RESUME) => {
      await source.close()
      use({ LLM_API: 'responses', LLM_RESUME })
      const controller = new AbortController()
      model.script(() => ['The replica', silence])
      const running = source.generate(request, sink, controller.signal)
      await sink.when((text) => text !== '')
      controller.abort('stopped')
      await expect(running).rejects.toBe('stopped')
      await model.until(() => model.disconnects === 1)
      expect(model.requests.map(({ kind, body }) => [kind, body.background])).toEqual([['create', undefined]])
      expect(sink.bookmarks).toEqual([])
    },
  )
})
