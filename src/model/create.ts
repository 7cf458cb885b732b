import type { ResolvedSettings } from '../config/settings.ts'
import type { Log } from '../ports/log.ts'
import { type Meter, noMeter } from '../ports/meter.ts'
import type { Model } from '../ports/model.ts'
import { noRetriever, type Retriever } from '../ports/retriever.ts'
import { ChatSource } from './chat.ts'
import { HttpRetriever } from './http-retriever.ts'
import { Provider } from './provider.ts'
import { RequestBuilder } from './request-builder.ts'
import { ResponsesSource } from './responses.ts'

/** The model that the settings name. */
export function createModel(settings: ResolvedSettings, log: Log, meter: Meter = noMeter): Model {
  const { LLM_API, LLM_RESUME, LLM_CONTINUE: continues } = settings
  const provider = new Provider(settings, log, meter)
  const builder = new RequestBuilder(settings)
  if (LLM_API === 'responses') {
    return new ResponsesSource(provider, { builder, resumes: LLM_RESUME === 'auto' ? 'reattach' : LLM_RESUME })
  }
  return new ChatSource(provider, { builder, resumes: LLM_RESUME === 'auto' ? 'continue' : LLM_RESUME, continues })
}

/** The retriever that the settings name, or one that never finds anything (S8). */
export function createRetriever(settings: ResolvedSettings, log: Log, meter: Meter = noMeter): Retriever {
  const { RETRIEVER_URL, RETRIEVER_TIMEOUT_MS } = settings
  if (RETRIEVER_URL === undefined) return noRetriever
  return new HttpRetriever({ url: RETRIEVER_URL, timeoutMs: RETRIEVER_TIMEOUT_MS, log, meter })
}
