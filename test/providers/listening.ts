import { readSettings } from '../../src/config/settings.ts'
import { createModel } from '../../src/model/create.ts'
import { silentLog } from '../../src/ports/log.ts'
import { type Model, type ModelEnd, ModelError, type ModelRequest } from '../../src/ports/model.ts'
import { RecordingSink } from '../support/scripted-model-sink.ts'
import type { Dialect } from './dialect.ts'

/** What one request to a provider came to: an end, or the error. */
export interface Heard {
  readonly sink: RecordingSink
  readonly end: ModelEnd | null
  readonly failure: ModelError | null
}

/** The product's own model, set up for this provider at `url`. */
export function sourceFor(dialect: Dialect, url: string, env: Readonly<Record<string, string>> = {}): Model {
  const address = { OPENAI_BASE_URL: url, OPENAI_API_KEY: 'sk-secret-1234', LLM_MODEL: 'm', LLM_API: dialect.api }
  return createModel(readSettings({ ...address, ...dialect.env, ...env }), silentLog)
}

/** Asks, with `tag` in the prompt, and hears the answer out. */
export async function hear(source: Model, tag: string, resume?: ModelRequest['resume']): Promise<Heard> {
  const sink = new RecordingSink()
  const request: ModelRequest = {
    turns: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: `What is the sea like? ${tag}` },
    ],
    sessionId: 's',
    messageId: 'm-1',
    userId: null,
    ...(resume && { resume }),
  }
  try {
    const end = await source.generate(request, sink, new AbortController().signal)
    return { sink, end, failure: null }
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    return { sink, end: null, failure: error }
  }
}

/** Does `work` with each of the items, a few side by side. */
export async function sideBySide<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]()
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}
