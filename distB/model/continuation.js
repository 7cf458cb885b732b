/** The last user turn of the `instruct` style. */
export const GO_ON = 'Your last message was cut off in the middle. Go on exactly where it stops, in the same language and format: write only ' +
    'what comes next, beginning with the very next character, without repeating any of it and without a preamble.';
/** Asks to go on with `text`, the beginning of the answer to `turns`. */
export function continued(turns, text, style) {
    const answer = { role: 'assistant', content: text };
    switch (style) {
        case 'instruct':
            return { messages: [...turns, answer, { role: 'user', content: GO_ON }] };
        case 'prefix':
            return { messages: [...turns, { ...answer, prefix: true }] };
        case 'vllm':
            return { messages: [...turns, answer], continue_final_message: true, add_generation_prompt: false };
    }
}
//# sourceMappingURL=continuation.js.map