import { estimatedTokens } from '../ports/model.js';
/** What the settings put into a request for an answer. */
export class RequestFitting {
    #settings;
    #limitName;
    constructor(settings) {
        this.#settings = settings;
        this.#limitName = limitName(settings);
    }
    /**
     * The body: the model, usage, limit and user as they are set, then LLM_EXTRA_BODY, which may change any of that, then `prompt` and
     * `stream`, without which nothing would work.
     */
    body(request, prompt, more = {}) {
        const { LLM_MODEL, LLM_API, LLM_STREAM_USAGE, LLM_IDENTITY, LLM_EXTRA_BODY } = this.#settings;
        return {
            model: LLM_MODEL,
            ...more,
            ...(LLM_API === 'chat' && LLM_STREAM_USAGE && { stream_options: { include_usage: true } }),
            ...this.#limit(request),
            ...(LLM_IDENTITY && request.userId != null && { user: request.userId }),
            ...LLM_EXTRA_BODY,
            ...prompt,
            stream: true,
        };
    }
    /** With LLM_IDENTITY: who asks, for an agent of one's own behind the provider's wire. */
    headers({ sessionId, userId, messageId }) {
        if (!this.#settings.LLM_IDENTITY)
            return {};
        return {
            'x-baton-session': sessionId,
            'x-baton-message': messageId,
            ...(userId != null && { 'x-baton-user': asField(userId) }),
        };
    }
    /** LLM_MAX_TOKENS is of the whole answer: what is there already is taken off. */
    #limit({ resume }) {
        const { LLM_MAX_TOKENS, LLM_EXTRA_BODY } = this.#settings;
        const isSet = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'].some((name) => name in LLM_EXTRA_BODY);
        if (LLM_MAX_TOKENS === 0 || isSet)
            return {};
        return { [this.#limitName]: Math.max(1, LLM_MAX_TOKENS - estimatedTokens(Buffer.byteLength(resume?.text ?? ''))) };
    }
}
/** OpenAI's newer models refuse `max_tokens`; other servers know no other name. */
function limitName({ LLM_API, OPENAI_BASE_URL }) {
    if (LLM_API === 'responses')
        return 'max_output_tokens';
    const host = OPENAI_BASE_URL === undefined ? 'api.openai.com' : new URL(OPENAI_BASE_URL).hostname;
    return /(^|\.)openai(\.azure)?\.com$/.test(host) ? 'max_completion_tokens' : 'max_tokens';
}
/** Printable ASCII as it is, but for `%`; anything else percent-encoded. */
function asField(value) {
    return value.toWellFormed().replace(/[^\x21-\x24\x26-\x7e]/gu, encodeURIComponent);
}
//# sourceMappingURL=request-fitting.js.map