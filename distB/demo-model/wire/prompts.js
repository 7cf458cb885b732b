import { z } from 'zod';
import { ApiError } from './errors.js';
const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];
const part = z.looseObject({ type: z.string(), text: z.string().optional() });
const content = z.union([z.string(), z.array(part)], { error: 'must be a string or an array of parts' });
const count = z.int().min(1).nullish();
const flag = z.boolean().nullish();
export const chatRequest = z.looseObject({
    model: z.string().min(1),
    messages: z.array(z.looseObject({ role: z.enum(ROLES), content: content.nullish(), prefix: flag })).min(1),
    stream: flag,
    stream_options: z.looseObject({ include_usage: flag }).nullish(),
    max_tokens: count,
    max_completion_tokens: count,
    continue_final_message: flag,
    add_generation_prompt: flag,
});
/** Items other than messages (reasoning, tool calls) say nothing that this model could use. */
const inputItem = z.looseObject({
    type: z.string().nullish(),
    role: z.enum(ROLES).optional(),
    content: content.nullish(),
});
export const responsesRequest = z.looseObject({
    model: z.string().min(1),
    input: z.union([z.string(), z.array(inputItem)], { error: 'must be a string or an array of input items' }),
    instructions: z.string().nullish(),
    background: flag,
    stream: flag,
    store: flag,
    max_output_tokens: count,
    metadata: z.record(z.string(), z.string()).nullish(),
    previous_response_id: z.string().nullish(),
});
/** What a chat request asks, with both ways of having a trailing assistant message gone on with. */
export function chatPrompt(request) {
    const last = request.messages.at(-1);
    const prefix = last?.prefix ?? false;
    const continueFinal = request.continue_final_message ?? false;
    if (prefix && last?.role !== 'assistant') {
        throw new ApiError(400, 'A message with `prefix` must be the last one and from the assistant.', {
            param: 'messages',
        });
    }
    if (continueFinal && (request.add_generation_prompt ?? true)) {
        const message = 'Cannot set both `continue_final_message` and `add_generation_prompt` to True.';
        throw new ApiError(400, message, { param: 'add_generation_prompt' });
    }
    return { turns: turnsOf(request.messages), continuesLast: prefix || continueFinal };
}
/** What a responses request asks. */
export function responsesPrompt(request) {
    if (request.previous_response_id != null) {
        const message = 'This model keeps no conversations: send the whole conversation as `input`.';
        throw new ApiError(400, message, { param: 'previous_response_id' });
    }
    const input = typeof request.input === 'string' ? [{ role: 'user', content: request.input }] : request.input;
    const instructions = request.instructions ? [{ role: 'system', content: request.instructions }] : [];
    return { turns: turnsOf([...instructions, ...input]), continuesLast: false };
}
function turnsOf(messages) {
    return messages.flatMap(({ role, content }) => {
        if (role === 'user' || role === 'assistant')
            return [{ role, text: textOf(content) }];
        return role === 'system' || role === 'developer' ? [{ role: 'system', text: textOf(content) }] : [];
    });
}
function textOf(content) {
    if (content == null)
        return '';
    if (typeof content === 'string')
        return content;
    return content.map(({ text }) => text ?? '').join('');
}
//# sourceMappingURL=prompts.js.map