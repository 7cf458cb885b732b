/** What the model says to the last question of a conversation: a function of its turns and of nothing else. */
import { hash } from './hash.js';
import { brief } from './inquiry.js';
import { languageOf } from './language.js';
import { page, pageAbout, pagesOf, textOf } from './library.js';
import { nameOf, recall } from './recall.js';
import { task } from './tasks.js';
const MORE = /^\W*(?:please )?(?:tell me more|more|go on|continue|carry on|keep going|and then|what else|next|another one)\W*(?:please)?\W*$/iu;
const MORE_LENGTH = 60;
const QUOTED = 300;
const SUGGESTED = 4;
/** The answer to the last user turn of `turns`; a greeting where there is none. Turns after it are ignored. */
export function answerTo(turns) {
    const spoken = turns.filter(({ role }) => role !== 'system');
    const index = spoken.findLastIndex(({ role }) => role === 'user');
    const question = (spoken[index]?.text ?? '').toWellFormed();
    const earlier = spoken.slice(0, Math.max(index, 0));
    const inquiry = { question, language: languageOf(question), earlier };
    return task(inquiry) ?? recall(inquiry) ?? more(inquiry) ?? told(inquiry) ?? fallback(inquiry);
}
/** Whether `text` asks for no more than to go on. */
export function asksForMore(text) {
    return text.length <= MORE_LENGTH && MORE.test(text);
}
function told(inquiry) {
    const { question, language } = inquiry;
    if (question.trim() === '')
        return greeting(inquiry);
    const found = pageAbout(language, question);
    if (found?.name === 'hello')
        return greeting(inquiry);
    if (found !== undefined)
        return textOf(found, seedOf(inquiry));
    return language === 'en' ? undefined : textOf(page(language, 'about'), seedOf(inquiry));
}
function greeting(inquiry) {
    const text = textOf(page(inquiry.language, 'hello'), seedOf(inquiry));
    const name = nameOf(inquiry);
    return name === undefined ? text : text.replace(/[!！]/u, (mark) => `, ${name}${mark}`);
}
/** The page after the one that was told last. */
function more({ question, earlier }) {
    if (!asksForMore(question))
        return undefined;
    const lastAnswer = earlier.findLast(({ role }) => role === 'assistant')?.text.trimStart() ?? '';
    const last = pagesOf('en').find(({ next, variants }) => next !== '' && variants.some((text) => sameStart(text, lastAnswer)));
    return textOf(page('en', last?.next ?? 'baton'), question);
}
function sameStart(text, answer) {
    const line = text.slice(0, text.indexOf('\n'));
    return answer.startsWith(line);
}
function fallback(inquiry) {
    const asks = pagesOf('en').filter(({ ask }) => ask !== '');
    const start = hash(inquiry.question) % asks.length;
    const suggestions = Array.from({ length: SUGGESTED }, (_, i) => asks[(start + i * 7) % asks.length])
        .filter((suggestion) => suggestion !== undefined)
        .map(({ ask }) => `- ${ask}`);
    const values = {
        question: brief(inquiry.question, QUOTED),
        suggestions: suggestions.join('\n'),
    };
    return textOf(page('en', 'fallback'), seedOf(inquiry)).replace(/\{\{(\w+)\}\}/g, (_, name) => values[name] ?? '');
}
/** Small talk is varied by where in the conversation it comes. */
function seedOf({ question, earlier }) {
    return `${earlier.length}:${question}`;
}
//# sourceMappingURL=answer.js.map