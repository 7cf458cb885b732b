import { pagesOf } from './library.js';
const COUNT = /\bcount (?:from (\d{1,6}) )?(?:up )?to (\d{1,6})\b/iu;
const COUNT_MOST = 5000;
const PER_LINE = 10;
/** `Repeat after me: …` gives the rest of the message as it is. */
const REPEAT = /^\s*(?:please )?(?:repeat(?: after me)?|say|echo)\s*:\s?(.+)$/isu;
const REPEAT_MOST = 200_000;
const EVERYTHING = /\b(?:everything|whole (?:manual|guide|handbook)|complete (?:manual|guide|handbook)|full (?:manual|guide|handbook)|all topics)\b/iu;
/** What the question asks to be done; undefined where it only asks. */
export function task({ question }) {
    return counting(question) ?? repetition(question) ?? guide(question);
}
function counting(question) {
    const match = COUNT.exec(question);
    if (match === null)
        return undefined;
    const first = Number(match[1] ?? 1);
    const last = Math.min(Number(match[2]), first + COUNT_MOST - 1);
    if (last < first)
        return undefined;
    const lines = [];
    for (let n = first; n <= last; n += PER_LINE) {
        lines.push(Array.from({ length: Math.min(PER_LINE, last - n + 1) }, (_, i) => n + i).join(', '));
    }
    return lines.join(',\n');
}
function repetition(question) {
    return REPEAT.exec(question)?.[1]?.slice(0, REPEAT_MOST).toWellFormed();
}
/** Every page that answers a question of its own, one after the other. */
function guide(question) {
    if (!EVERYTHING.test(question))
        return undefined;
    const chapters = pagesOf('en').filter(({ ask, name }) => ask !== '' && name !== 'story');
    return chapters.map(({ variants }) => variants[0]).join('\n\n---\n\n');
}
//# sourceMappingURL=tasks.js.map