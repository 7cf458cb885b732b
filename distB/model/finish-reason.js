/** UTF-16 units of a name that is passed on: a provider may send anything. */
const MAX_NAME = 256;
const WORDS = {
    stop: ['end_turn', 'stop_sequence', 'eos', 'eos_token', 'end', 'complete', 'completed', 'done'],
    length: [
        'max_tokens',
        'max_output_tokens',
        'max_length',
        'model_length',
        'token_limit',
        'model_context_window_exceeded',
        'error_limit',
    ],
    content_filter: [
        'content_filtered',
        'content_policy_violation',
        'safety',
        'image_safety',
        'recitation',
        'language',
        'blocklist',
        'prohibited_content',
        'spii',
        'refusal',
        'sensitive',
        'guardrail_intervened',
        'error_toxic',
    ],
    tool_calls: ['tool_use', 'tool_call'],
};
const KNOWN = new Map(Object.entries(WORDS).flatMap(([word, others]) => [word, ...others].map((name) => [name, word])));
/** By which providers say that they did not get to the end. */
const BREAK = /abort|error|fail|cancel|insufficient|interrupt|time_?out|overload|unavailable|preempt|malformed/;
/** How an answer ended, in the words of chat completions where there is one (F6); null where it was broken off. */
export function finishReasonOf(said) {
    const name = said.toLowerCase().replaceAll(/[ -]/g, '_');
    const known = KNOWN.get(name);
    if (known !== undefined)
        return known;
    return BREAK.test(name) ? null : bounded(said);
}
/** A name that a provider gave, at most 256 characters of it. */
export function bounded(name) {
    return name.slice(0, MAX_NAME).toWellFormed();
}
//# sourceMappingURL=finish-reason.js.map