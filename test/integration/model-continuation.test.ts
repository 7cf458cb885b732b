import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/settings.ts'
import { tokenize } from '../../src/demo-model/generation/tokens.ts'
import { createModel } from '../../src/model/create.ts'
import { silentLog } from '../../src/ports/log.ts'
import { RecordingSink } from '../support/scripted-model-sink.ts'
import { ASK, type DemoModel, start, user, wholeAnswer } from './demo-model-fixture.ts'

const SIDE_BY_SIDE = 16
const never = new AbortController().signal

/** What the gateway makes of the rest that the model gives to the beginning `text` of its answer. */
async function restOf({ url }: DemoModel, LLM_CONTINUE: string, text: string): Promise<string> {
  const settings = readSettings({ LLM_API: 'chat', OPENAI_BASE_URL: `${url}/v1`, LLM_CONTINUE })
  const source = createModel(settings, silentLog)
  const sink = new RecordingSink()
  try {
    const turns = [{ role: 'user', content: ASK }] as const
    await source.generate(
      { turns, sessionId: 's', messageId: 'm-1', userId: null, resume: { text, bookmark: null } },
      sink,
      never,
    )
  } finally {
    await source.close()
  }
  return sink.joined
}

test.each(['instruct', 'prefix', 'vllm'])(
  '[F3] a takeover may come after any token of an answer: with LLM_CONTINUE=%s the rest is the rest',
  async (style) => {
    const model = await start({ tokensPerSecond: 100_000 })
    const tokens = [...tokenize(await wholeAnswer(model, [user(ASK)]))]
    expect(tokens).toContain(',')
    const cuts = tokens.keys()
    cuts.next() // before the first token there is nothing to go on with
    const work = async () => {
      for (const cut of cuts) {
        const rest = await restOf(model, style, tokens.slice(0, cut).join(''))
        expect(rest, `before token ${cut}, ${JSON.stringify(tokens[cut])}`).toBe(tokens.slice(cut).join(''))
      }
    }
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work))
  },
)
