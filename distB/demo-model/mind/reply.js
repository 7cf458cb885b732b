/** What to stream for a prompt: an answer, or what follows the part of it that the prompt already holds (F3). */
import { answerTo, asksForMore } from './answer.js';
import { hash } from './hash.js';
/** A user turn that asks for the rest of the assistant's text before it. A question about continuing is none. */
const INSTRUCTION = /(?:^|[.!:;,\n]\s*|\bplease\s+)(?:just\s+|now\s+)?(?:continue|go on|carry on|resume|pick up|keep (?:going|writing))\b[^?]*$/iu;
const WHERE_IT_STOPPED = /\b(?:exactly|where|stopped|ended|left off|broke off|cut off|interrupted|repeat\w*|unfinished)\b/iu;
/** Longer texts bring a matter of their own. */
const INSTRUCTION_LENGTH = 1000;
/** Real models often say the end of the given text again: about so many characters, in two cases of three. */
const OVERLAP = 20;
/** How much of a text's end tells where in the answer it stops. */
const TAIL = 24;
/** Said where the text to go on from is not one of this model's answers. */
const ENDING = ' … and that is where I would leave it: the rest is best seen by trying it. Ask me about failover, sessions or streaming.';
export function replyTo({ turns, continuesLast }) {
    const last = turns.at(-1);
    if (continuesLast && last?.role === 'assistant')
        return remainder(turns.slice(0, -1), last.text);
    return continuation(turns) ?? answerTo(turns);
}
/** The rest of the answer that breaks off before the last turn; undefined where that turn asks for something else. */
function continuation(turns) {
    const [given, instruction] = turns.slice(-2);
    if (given?.role !== 'assistant' || instruction?.role !== 'user')
        return undefined;
    const before = turns.slice(0, -2);
    if (isInstruction(instruction.text)) {
        const rest = remainder(before, given.text);
        return rest === '' ? '' : repeatedEnd(given.text) + rest;
    }
    if (!asksForMore(instruction.text))
        return undefined;
    return knownRemainder(before, given.text) || undefined; // a whole answer has no rest: that user wants to hear more
}
function isInstruction(text) {
    return text.length <= INSTRUCTION_LENGTH && INSTRUCTION.test(text) && WHERE_IT_STOPPED.test(text);
}
function remainder(before, given) {
    return knownRemainder(before, given) ?? ENDING;
}
/** What follows `given` in the answer to `before`; undefined where `given` is no part of it. */
function knownRemainder(before, given) {
    const whole = replyTo({ turns: before, continuesLast: false });
    const trimmed = given.trimEnd();
    for (const start of [given, trimmed])
        if (whole.startsWith(start))
            return whole.slice(start.length);
    const tail = trimmed.slice(-TAIL);
    const at = whole.lastIndexOf(tail, trimmed.length);
    return tail.length < TAIL || at < 0 ? undefined : whole.slice(at + tail.length);
}
function repeatedEnd(given) {
    if (given.length < OVERLAP || hash(given) % 3 === 0)
        return '';
    const start = given.length - OVERLAP;
    const insidePair = /[\uDC00-\uDFFF]/.test(given.charAt(start));
    return given.slice(insidePair ? start - 1 : start);
}
//# sourceMappingURL=reply.js.map