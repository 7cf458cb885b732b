import { garbage } from './errors.js';
/** The JSON object that `data` is, its members still unchecked: a schema for every token would cost more than the token. */
export function parseObject(data) {
    const value = parsed(data);
    if (value === undefined)
        throw garbage('an event that is no JSON');
    if (value === null)
        return {}; // says nothing
    if (typeof value !== 'object')
        throw garbage('an event that is no JSON object');
    return value;
}
/** What `text` is as JSON; undefined where it is none. A list of one, as which some providers send errors, is that one. */
export function parsed(text) {
    try {
        const value = JSON.parse(text);
        return Array.isArray(value) && value.length === 1 ? value[0] : value;
    }
    catch {
        return undefined;
    }
}
/** Whether nothing is missing at the end of an event's data. */
export function isWhole(data) {
    return data.trimEnd() === '[DONE]' || typeof parsed(data) === 'object';
}
/** The text of a string or number, '' of whatever else: an object that was parsed may have no text, and throws when asked for it. */
export function asText(value) {
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
//# sourceMappingURL=json.js.map