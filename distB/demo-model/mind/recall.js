/** What was said earlier: found in the messages of the request, for there is no other memory. */
import { NAME_PHRASES } from '../content/name-phrases.js';
import { brief, userTexts } from './inquiry.js';
const THING = String.raw `([\p{L}][\p{L} '’-]{1,40}?)`;
const STATED = new RegExp(String.raw `\bmy ${THING} (?:is|are|was)(?: called)? ([^.!?,;\n]{1,80}?)(?=\s+(?:and|but)\s+(?:my|i)\b|[.!?,;\n]|$)`, 'giu');
const ASKED = new RegExp(String.raw `\b(?:what(?:['’]s| is| are| was)|do you (?:know|remember)|tell me|remember) my ${THING}\s*\??$`, 'iu');
const WHO_AM_I = /\bwho am i\b/iu;
const CALL_ME = /\b(?:call me|i am called|i['’]m called) ([\p{Lu}][\p{L}\p{M}'’-]{0,40})/u;
const ASKS_HISTORY = /\bwhat (?:did|have) i (?:just )?(?:say|said|ask|asked|tell|told|write|written|type|want)|\bwhat (?:was|were) my (?:first|last|previous|earlier|questions?|messages?)|\bwhat (?:did|have) we (?:talk|talked|discuss|discussed|said|say)|\b(?:summari[sz]e|recap) (?:our|this|the) (?:conversation|chat)|\bdo you remember (?:what|our|me|this)/iu;
const ASKS_FIRST = /\bfirst\b/iu;
const ASKS_LAST = /\b(?:last|previous|just)\b/iu;
const QUOTED = 160;
const LISTED = 10;
/** Answers questions about the conversation itself; undefined for any other. */
export function recall(inquiry) {
    return nameIn(inquiry) ?? factAsked(inquiry) ?? history(inquiry) ?? factStated(inquiry);
}
/** The name that the user gave, the latest one where there were several. */
export function nameOf(inquiry) {
    return lastFact(userTexts(inquiry), 'name');
}
function factAsked({ question, ...rest }) {
    const thing = WHO_AM_I.test(question) ? 'name' : ASKED.exec(question.trim())?.[1]?.toLowerCase();
    if (thing === undefined || /^(?:first|last|previous|earlier|questions?|messages?)\b/.test(thing))
        return undefined;
    const said = userTexts({ question, ...rest });
    const value = lastFact(said, thing);
    if (value === undefined) {
        const where = said.length === 0 ? 'this is the first message' : `it is in none of the ${said.length} before this one`;
        return `You have not told me your ${thing}: ${where} that I was given. Write *"my ${thing} is …"* and ask me again: I keep nothing myself, so whatever I know of you comes out of the session in Redis.`;
    }
    return `Your ${thing} is **${value}**. I keep no memory between requests: you said so in the ${said.length === 1 ? 'one earlier message' : `${said.length} earlier messages`} that the gateway handed me together with this question, whichever replica it came through.`;
}
function factStated({ question }) {
    if (question.includes('?') || question.length > 200)
        return undefined;
    const name = CALL_ME.exec(question)?.[1];
    const [fact] = question.matchAll(STATED);
    const [thing, value] = name === undefined ? [fact?.[1]?.toLowerCase(), fact?.[2]?.trim()] : ['name', name];
    if (thing === undefined || value === undefined)
        return undefined;
    const greeting = thing === 'name' ? `Nice to meet you, **${value}**! 👋` : `Noted: your ${thing} is **${value}**.`;
    return `${greeting}\n\nTry this: reload the page, open it on another device, or kill the replica that serves you, and then ask *"what is my ${thing}?"*. I forget everything after each answer; the session in Redis does not.`;
}
function lastFact(said, thing) {
    const facts = said.flatMap((text) => {
        const called = thing === 'name' ? [...(CALL_ME.exec(text)?.slice(1, 2) ?? []), ...foreignNames(text)] : [];
        const stated = [...text.matchAll(STATED)].filter((match) => match[1]?.toLowerCase() === thing);
        return [...called, ...stated.flatMap((match) => match[2]?.trim() ?? [])];
    });
    return facts.at(-1);
}
function history({ question, ...rest }) {
    if (!ASKS_HISTORY.test(question))
        return undefined;
    const said = userTexts({ question, ...rest });
    const [first] = said;
    const last = said.at(-1);
    if (first === undefined || last === undefined) {
        return 'Nothing yet: this is the first message of the conversation that I was given. Ask me something, and then ask this again.';
    }
    if (ASKS_FIRST.test(question))
        return `The first of your messages that I was given is:\n\n> ${brief(first, QUOTED)}`;
    if (ASKS_LAST.test(question))
        return `Just before this one you wrote:\n\n> ${brief(last, QUOTED)}`;
    const shown = said.slice(-LISTED);
    const list = shown.map((text, index) => `${index + 1}. ${brief(text, QUOTED)}`).join('\n');
    const which = shown.length < said.length ? `, the latest ${LISTED} of ${said.length}` : '';
    return `You wrote, oldest first${which}:\n\n${list}\n\nThat list is not my memory but the gateway's: every request carries the last messages of the session.`;
}
/** The name given or asked for in a language other than English. */
function nameIn({ question, language, ...rest }) {
    const phrases = NAME_PHRASES[language];
    if (phrases === undefined)
        return undefined;
    if (phrases.asked.test(question)) {
        const name = lastFact(userTexts({ question, language, ...rest }), 'name');
        return name === undefined ? phrases.unknown : phrases.known(name);
    }
    const given = phrases.given.exec(question)?.[1];
    return given === undefined ? undefined : phrases.noted(given);
}
function foreignNames(text) {
    return Object.keys(NAME_PHRASES).flatMap((language) => {
        const phrases = NAME_PHRASES[language];
        return phrases === undefined || phrases.asked.test(text) ? [] : (phrases.given.exec(text)?.slice(1, 2) ?? []);
    });
}
//# sourceMappingURL=recall.js.map