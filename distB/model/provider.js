import { Agent } from 'undici';
import { MODEL_STATUSES } from '../ports/meter.js';
import { ModelError } from '../ports/model.js';
import { MAX_PLAIN_BYTES } from './body-reader.js';
import { connectionFailed } from './errors.js';
import { send } from './http.js';
import { complaintIn, judged, Refusal, retryAfterMs } from './refusal.js';
import { Secrets } from './secrets.js';
import { MAX_EVENT_BYTES } from './sse-reader.js';
/** How long work that ends a background response may keep `close` waiting. */
const FAREWELL_MS = 2000;
/** How long the words of a refusal are waited for; the status is known already. */
const REFUSAL_MS = 2000;
const OPENAI = 'https://api.openai.com/v1';
/** The connections to the model's provider: addresses, authentication, refusals. */
export class Provider {
    log;
    limits;
    #base;
    #headers;
    #secrets;
    #meter;
    /**
     * No timeouts of its own: silence is judged where the events are read. No HTTP/2: an answer that is not read for a while
     * would take its share of a window that it has in common with others.
     */
    #agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, allowH2: false });
    #farewells = new Set();
    constructor(settings, log, meter) {
        const { OPENAI_API_KEY: key, OPENAI_BASE_URL, LLM_HEADERS } = settings;
        this.log = log;
        this.#meter = meter;
        this.limits = {
            timeoutMs: settings.LLM_TIMEOUT_MS,
            silenceMs: settings.LLM_SILENCE_MS,
            // The last event of a response repeats all of its text, some of it escaped.
            maxEventBytes: Math.max(MAX_EVENT_BYTES, 4 * settings.MAX_ANSWER_BYTES),
        };
        this.#base = new URL(OPENAI_BASE_URL ?? OPENAI);
        this.#headers = headersFor(settings);
        this.#secrets = new Secrets([
            key ?? '',
            ...this.#base.searchParams.values(),
            ...Object.values(LLM_HEADERS).map(String),
        ]);
        if (key === undefined && OPENAI_BASE_URL === undefined) {
            log.warn({}, 'neither OPENAI_API_KEY nor OPENAI_BASE_URL is set: the model will refuse to answer');
        }
    }
    /** Gives the body of the reply to a request. Rejects with a `Refusal` where the status is none of success. */
    async ask(request, signal) {
        const { status, headers, body } = await this.#reply(request, signal);
        if (status >= 200 && status < 300)
            return body;
        const complaint = complaintIn(await body.beginning(MAX_PLAIN_BYTES, REFUSAL_MS));
        throw new Refusal(status, complaint, retryAfterMs(headers, Date.now()));
    }
    /** Counts how the provider replies; that the one who asked has left is no failure of its. */
    async #reply(request, signal) {
        try {
            const reply = await send(this.#agent, this.#requestOf(request), signal);
            this.#meter.modelRequests(1, { status: statusLabel(reply.status) });
            return reply;
        }
        catch (error) {
            if (!signal.aborted || signal.reason instanceof ModelError)
                this.#meter.modelRequests(1, { status: 'none' });
            throw error;
        }
    }
    /** What a failed request, a body that broke off or a refusal is to the caller; a refusal's words go to the operator's log. */
    failure(thrown) {
        if (!(thrown instanceof Refusal))
            return connectionFailed(thrown);
        const { status, complaint } = thrown;
        const { names, words } = complaint;
        const error = judged(thrown);
        this.log.warn({ status, named: names.slice(0, 4).map((name) => this.#secrets.hide(name)), said: this.#secrets.hide(words) }, 'the provider of the model refused');
        return error;
    }
    /** Work that nobody waits for but `close`, a little. It must not reject. */
    farewell(work) {
        this.#farewells.add(work);
        void work.finally(() => this.#farewells.delete(work));
    }
    async close() {
        const limit = Promise.withResolvers();
        const timer = setTimeout(limit.resolve, FAREWELL_MS);
        await Promise.race([Promise.all(this.#farewells), limit.promise]);
        clearTimeout(timer);
        await this.#agent.destroy();
    }
    #requestOf({ method, path, query = {}, body, headers: more }) {
        const url = new URL(this.#base);
        url.pathname = url.pathname.replace(/\/*$/, () => path);
        for (const [name, value] of Object.entries(query))
            url.searchParams.set(name, value);
        const headers = { ...this.#headers, ...more };
        if (body === undefined)
            return { method: method ?? 'GET', url, headers, body: null };
        const typed = { 'content-type': 'application/json', ...headers };
        return { method: 'POST', url, headers: typed, body: JSON.stringify(body) };
    }
}
/** OpenAI's own, as its client sends them, then LLM_HEADERS, in place of those of that name. */
function headersFor(settings) {
    const { OPENAI_API_KEY: key, OPENAI_ORG_ID: organization, OPENAI_PROJECT_ID: project, LLM_HEADERS } = settings;
    const own = {
        accept: 'text/event-stream, application/json',
        'accept-encoding': 'identity',
        'user-agent': 'baton',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(organization !== undefined && { 'openai-organization': organization }),
        ...(project !== undefined && { 'openai-project': project }),
    };
    const others = Object.entries(LLM_HEADERS).map(([name, value]) => [name.toLowerCase(), value]);
    return { ...own, ...Object.fromEntries(others) };
}
const LABELS = new Set(MODEL_STATUSES);
const isLabel = (label) => LABELS.has(label);
/** A provider may send any number: that is not to be a label. */
function statusLabel(status) {
    const [itself, kind] = [String(status), `${Math.floor(status / 100)}xx`];
    if (isLabel(itself))
        return itself;
    return isLabel(kind) ? kind : 'none';
}
//# sourceMappingURL=provider.js.map