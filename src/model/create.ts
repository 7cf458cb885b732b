import type { Log } from '../ports/log.ts'
import { noRetriever, type Retriever } from '../ports/retriever.ts'
import type { TokenSource } from '../ports/token-source.ts'
import { ChatSource } from './chat.ts'
import { HttpRetriever } from './http-retriever.ts'
import { type ModelSettings, Provider } from './provider.ts'
import { ResponsesSource } from './responses.ts'

/** The model that the settings name. */
export function createTokenSource(settings: ModelSettings, log: Log): TokenSource {
  const { LLM_API, LLM_RESUME } = settings
  const provider = new Provider(settings, log)
  const common = { model: settings.LLM_MODEL, timeoutMs: settings.LLM_TIMEOUT_MS }
  if (LLM_API === 'responses') {
    return new ResponsesSource(provider, { ...common, resumes: LLM_RESUME === 'auto' ? 'reattach' : LLM_RESUME })
  }
  const resumes = LLM_RESUME === 'auto' ? 'continue' : LLM_RESUME
  return new ChatSource(provider, { ...common, resumes, continues: settings.LLM_CONTINUE })
}

/** The retriever that the settings name, or one that never finds anything (S8). */
export function createRetriever(settings: ModelSettings, log: Log): Retriever {
  const { RETRIEVER_URL, RETRIEVER_TIMEOUT_MS } = settings
  return RETRIEVER_URL === undefined ? noRetriever : new HttpRetriever(RETRIEVER_URL, RETRIEVER_TIMEOUT_MS, log)
}
