import { newId, secondsNow } from './identity.js';
export class ResponseRecord {
    id = newId('resp_');
    run;
    background;
    streamed;
    #request;
    #messageId = newId('msg_');
    #createdAt = secondsNow();
    #opening;
    constructor(request, run) {
        this.run = run;
        this.background = request.background ?? false;
        this.streamed = request.stream ?? false;
        this.#request = request;
        this.#opening = this.#openingEvents();
    }
    /** The response as it is now. */
    get response() {
        const { status, endedAt, outcome } = this.run;
        const ended = status === 'completed' || status === 'incomplete';
        return this.#responseAt({
            status,
            output: ended || this.run.tokens.length > 0 ? [this.#message()] : [],
            incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
            usage: ended ? usageOf(outcome) : null,
            completed_at: status === 'completed' && endedAt !== null ? Math.floor(endedAt / 1000) : null,
        });
    }
    /** The event with that `sequence_number`; undefined where it has not happened yet, or never will. */
    eventAt(sequence) {
        const event = this.#eventAt(sequence);
        return event === undefined ? undefined : { ...event, sequence_number: sequence };
    }
    #eventAt(sequence) {
        if (sequence < this.#opening.length)
            return this.#opening[sequence];
        const index = sequence - this.#opening.length;
        const delta = this.run.tokens[index];
        if (delta !== undefined)
            return { type: 'response.output_text.delta', ...this.#place(), delta, logprobs: [] };
        const { status } = this.run;
        if (status === 'in_progress' || status === 'cancelled')
            return undefined;
        return this.#closingEvent(index - this.run.tokens.length, status);
    }
    #openingEvents() {
        const moment = { output: [], incomplete_details: null, usage: null, completed_at: null };
        const begun = this.#responseAt({ ...moment, status: 'in_progress' });
        const queued = this.#responseAt({ ...moment, status: 'queued' });
        const item = {
            id: this.#messageId,
            type: 'message',
            status: 'in_progress',
            content: [],
            role: 'assistant',
        };
        return [
            { type: 'response.created', response: this.background ? queued : begun },
            ...(this.background ? [{ type: 'response.queued', response: queued }] : []),
            { type: 'response.in_progress', response: begun },
            { type: 'response.output_item.added', output_index: 0, item },
            { type: 'response.content_part.added', ...this.#place(), part: textPart('') },
        ];
    }
    #closingEvent(index, status) {
        const { text } = this.run;
        switch (index) {
            case 0:
                return { type: 'response.output_text.done', ...this.#place(), text, logprobs: [] };
            case 1:
                return { type: 'response.content_part.done', ...this.#place(), part: textPart(text) };
            case 2:
                return { type: 'response.output_item.done', output_index: 0, item: this.#message() };
            case 3:
                return { type: `response.${status}`, response: this.response };
            default:
                return undefined;
        }
    }
    #place() {
        return { item_id: this.#messageId, output_index: 0, content_index: 0 };
    }
    #message() {
        const status = this.run.status === 'cancelled' ? 'incomplete' : this.run.status;
        return { id: this.#messageId, type: 'message', status, content: [textPart(this.run.text)], role: 'assistant' };
    }
    #responseAt(moment) {
        const { model, instructions, max_output_tokens, metadata, store } = this.#request;
        return {
            id: this.id,
            object: 'response',
            created_at: this.#createdAt,
            background: this.background,
            error: null,
            instructions: instructions ?? null,
            max_output_tokens: max_output_tokens ?? null,
            metadata: metadata ?? {},
            model,
            previous_response_id: null,
            reasoning: { effort: null, summary: null },
            service_tier: 'default',
            text: { format: { type: 'text' }, verbosity: 'medium' },
            truncation: 'disabled',
            parallel_tool_calls: true,
            store: store ?? true,
            temperature: 1,
            tool_choice: 'auto',
            tools: [],
            top_p: 1,
            ...moment,
        };
    }
}
function textPart(text) {
    return { type: 'output_text', annotations: [], logprobs: [], text };
}
function usageOf({ promptTokens, completionTokens }) {
    return {
        input_tokens: promptTokens,
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        output_tokens: completionTokens,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: promptTokens + completionTokens,
    };
}
//# sourceMappingURL=response-record.js.map