import { noMeter } from '../ports/meter.js';
import { noRetriever } from '../ports/retriever.js';
import { ChatSource } from './chat.js';
import { HttpRetriever } from './http-retriever.js';
import { Provider } from './provider.js';
import { RequestFitting } from './request-fitting.js';
import { ResponsesSource } from './responses.js';
/** The model that the settings name. */
export function createModel(settings, log, meter = noMeter) {
    const { LLM_API, LLM_RESUME, LLM_CONTINUE: continues } = settings;
    const provider = new Provider(settings, log, meter);
    const fitting = new RequestFitting(settings);
    if (LLM_API === 'responses') {
        return new ResponsesSource(provider, { fitting, resumes: LLM_RESUME === 'auto' ? 'reattach' : LLM_RESUME });
    }
    return new ChatSource(provider, { fitting, resumes: LLM_RESUME === 'auto' ? 'continue' : LLM_RESUME, continues });
}
/** The retriever that the settings name, or one that never finds anything (S8). */
export function createRetriever(settings, log, meter = noMeter) {
    const { RETRIEVER_URL, RETRIEVER_TIMEOUT_MS } = settings;
    if (RETRIEVER_URL === undefined)
        return noRetriever;
    return new HttpRetriever({ url: RETRIEVER_URL, timeoutMs: RETRIEVER_TIMEOUT_MS, log, meter });
}
//# sourceMappingURL=create.js.map