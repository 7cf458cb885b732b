import { parseOr400 } from './errors.js';
import { newId, secondsNow } from './identity.js';
import { chatPrompt, chatRequest } from './prompts.js';
import { goneSignal, sendEvents, sseEvent } from './sse.js';
export function chatRoutes(app, model) {
    app.post('/v1/chat/completions', async (request, reply) => {
        const asked = parseOr400(chatRequest, request.body);
        const plan = model.plan(chatPrompt(asked), asked.max_completion_tokens ?? asked.max_tokens ?? Infinity);
        const gone = goneSignal(reply);
        if (asked.stream)
            return sendEvents(reply, chatEvents(asked, plan, gone));
        return wholeCompletion(asked, plan, gone);
    });
}
async function* chatEvents(asked, plan, gone) {
    const includeUsage = asked.stream_options?.include_usage ?? false;
    const envelope = {
        ...identity(asked.model),
        object: 'chat.completion.chunk',
        system_fingerprint: FINGERPRINT,
    };
    const event = (choices, usage) => {
        const chunk = { ...envelope, choices, ...(includeUsage ? { usage } : {}) };
        return sseEvent(chunk);
    };
    const choice = (delta, finish_reason = null) => [{ index: 0, delta, logprobs: null, finish_reason }];
    yield event(choice({ role: 'assistant', content: '', refusal: null }), null);
    for await (const token of plan.tokens(gone))
        yield event(choice({ content: token }), null);
    if (gone.aborted)
        return;
    yield event(choice({}, plan.outcome().finishReason), null);
    if (includeUsage)
        yield event([], usageOf(plan));
    yield 'data: [DONE]\n\n';
}
async function wholeCompletion(asked, plan, gone) {
    let content = '';
    for await (const token of plan.tokens(gone))
        content += token;
    const message = { role: 'assistant', content, refusal: null, annotations: [] };
    return {
        ...identity(asked.model),
        object: 'chat.completion',
        choices: [{ index: 0, message, logprobs: null, finish_reason: plan.outcome().finishReason }],
        usage: usageOf(plan),
        system_fingerprint: FINGERPRINT,
    };
}
const FINGERPRINT = 'fp_baton_demo';
function identity(model) {
    return { id: newId('chatcmpl-'), created: secondsNow(), model, service_tier: 'default' };
}
function usageOf(plan) {
    const { promptTokens, completionTokens } = plan.outcome();
    return {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    };
}
//# sourceMappingURL=chat.js.map