import { garbage } from './errors.js';
/** Reads a delta of any provider (F7). Throws `ModelError` where its text is neither a string nor a list of parts. */
export function saidIn(delta) {
    const reasoning = reasoningIn(delta);
    const { content } = delta;
    if (typeof content === 'string' && content !== '') {
        // Gemini's thoughts: the first of them opens a tag, which the text behind them closes (ThinkHead).
        if (delta.extra_content?.google?.thought === true)
            return { text: '', reasoning: content.replace(/^<thought>/, '') };
        return { text: content, reasoning };
    }
    if (content && typeof content === 'object')
        return { ...saidInParts([content].flat()), ...(reasoning && { reasoning }) };
    if (content && typeof content !== 'string')
        throw garbage('a delta whose text is no string');
    return { text: typeof delta.refusal === 'string' ? delta.refusal : '', reasoning };
}
/** Whether a delta tells of reasoning at all. */
export function reasons(delta) {
    return reasoningIn(delta) !== null || delta.extra_content?.google?.thought === true;
}
function reasoningIn({ reasoning_content, reasoning, thinking, reasoning_details }) {
    // Some providers send the same under two names.
    for (const told of [reasoning_content, reasoning, thinking]) {
        if (told)
            return wordsIn(told);
    }
    return Array.isArray(reasoning_details) && reasoning_details.length > 0 ? wordsIn(reasoning_details) : null;
}
function saidInParts(parts) {
    let text = '';
    let reasoning = null;
    for (const part of parts) {
        if (typeof part === 'string')
            text += part;
        if (typeof part !== 'object' || part === null)
            continue;
        const { type, text: words, refusal, thinking, reasoning: thought, summary } = part;
        if (typeof type === 'string' && /think|thought|reason/.test(type))
            reasoning = (reasoning ?? '') + wordsIn(thinking ?? thought ?? summary ?? words);
        else if (typeof words === 'string')
            text += words;
        else if (typeof refusal === 'string')
            text += refusal;
    }
    return { text, reasoning };
}
/** The words of what a model thinks: a string, a part that has them under one name or another, or a list of such. */
function wordsIn(told) {
    if (typeof told === 'string')
        return told;
    if (Array.isArray(told))
        return told.map(wordsOf).join('');
    return wordsOf(told);
}
function wordsOf(part) {
    if (typeof part === 'string')
        return part;
    if (typeof part !== 'object' || part === null)
        return '';
    const { text, summary, thinking, content } = part;
    const words = [text, summary, thinking, content].find((given) => typeof given === 'string');
    return typeof words === 'string' ? words : '';
}
//# sourceMappingURL=chat-delta.js.map