const MAX_QUESTIONS = 6;
/**
 * What can be asked by a press of a button: `starters` where nothing was said yet; after an answer, what the site suggested, or else
 * the answer's own `metadata.suggestions`.
 */
export function questionsFor(state, starters, suggested) {
    const last = state.messages.at(-1);
    if (state.answering || state.outbox.length > 0)
        return [];
    if (suggested !== null && suggested.after === last?.id)
        return listOf(suggested.questions);
    if (isEmpty(state))
        return listOf(starters);
    return last?.role === 'assistant' ? listOf(last.metadata.suggestions) : [];
}
export function isEmpty({ messages, outbox }) {
    return messages.length === 0 && outbox.length === 0;
}
function listOf(questions) {
    const list = typeof questions === 'string' ? questions.split('|') : questions;
    if (!Array.isArray(list))
        return [];
    const words = list.filter((question) => typeof question === 'string').map((each) => each.trim());
    return words.filter((question) => question !== '').slice(0, MAX_QUESTIONS);
}
//# sourceMappingURL=questions.js.map