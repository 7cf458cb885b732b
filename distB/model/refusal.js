import { ModelError } from '../ports/model.js';
import { asName } from './errors.js';
import { asText, parsed } from './json.js';
/** A provider's refusal to answer, or to go on with an answer, in its own words: with a status, or inside a stream. */
export class Refusal extends Error {
    name = 'Refusal';
    /** Of the reply; null where the refusal came inside a stream. */
    status;
    complaint;
    retryAfterMs;
    constructor(status, complaint, retryAfterMs) {
        super('the provider refused');
        this.status = status;
        this.complaint = complaint;
        this.retryAfterMs = retryAfterMs;
    }
}
const MAX_WORDS = 2000;
const MAX_NAME = 128;
/** Reads a complaint: an error object of any provider, `{ error }` around one, or a mere text. */
export function complaintOf(said) {
    const names = [];
    const words = [];
    let status = null;
    let param = '';
    // Providers put errors into errors, but not deeply.
    let found = said;
    for (let depth = 0; depth < 4 && found !== null && found !== undefined; depth++) {
        if (typeof found !== 'object') {
            words.push(String(found));
            break;
        }
        const error = { ...found };
        for (const name of [error.code, error.type, error.status, error.error_type]) {
            if (isStatus(name))
                status ??= Number(name);
            else if (typeof name === 'string' && name.length <= MAX_NAME)
                names.push(name);
        }
        if (typeof error.param === 'string')
            param = error.param.slice(0, MAX_NAME);
        for (const text of [error.message, error.msg, error.detail, rawOf(error.metadata)])
            if (typeof text === 'string')
                words.push(text.slice(0, MAX_WORDS));
        found = error.error ?? error.innererror ?? [error.errors, error.detail].find(Array.isArray)?.[0];
    }
    return { names, param, status, words: words.join(' ').slice(0, MAX_WORDS) };
}
/** The same of the body of a reply that is no answer. */
export function complaintIn(body) {
    return complaintOf(parsed(body) ?? body);
}
/** OpenRouter's: what the provider behind it said. */
function rawOf(metadata) {
    return typeof metadata === 'object' && metadata !== null && 'raw' in metadata ? metadata.raw : undefined;
}
function isStatus(value) {
    return /^[345]\d\d$/.test(asText(value));
}
const TOO_LONG_NAMES = /context_?(length|window|size)|(prompt|input|request)_(is_)?too_(long|large)|tokens_limit_reached|max_prompt_tokens|string_above_max/i;
const TOO_LONG_WORDS = [
    /context[ _-]?(length|window|size|limit).{0,80}(exceed|only|overflow|reached|\d|limit)/is,
    /(exceed|longer than|greater than|larger than|over|maximum|too large for).{0,60}(context|model length|prompt length|input length)/is,
    /(prompt|input|inputs|request|messages|conversation)( is| are| was)? too (long|large)/i,
    /(prompt|input|input length|number of (input )?tokens|input token count|tokens).{0,60}(exceeds?|exceeded|cannot exceed).{0,60}(max|limit|allowed|length|\d)/is,
    /exceed(s|ed)?.{0,40}(token limit|max(imum)? (number of )?(input |prompt )?(tokens|length))/is,
    /max_new_tokens.{0,20}must be <=|inputs` must have less than|range of input length|reduce the length of|body too large for/i,
    /too many (input |prompt )?tokens/i,
];
/** Said with a limit per minute, too, where waiting helps as little. */
const TOO_LARGE_AT_ONCE = /request (body )?(is )?too large/i;
const RATE_LIMITED = /rate_?limit|too_?many_?requests|throttl|quota|resource_?exhausted/i;
const QUOTA = /insufficient_?(quota|balance|funds|credit)|billing|exceeded_current_quota|payment_required/i;
const KEY = /api_?key|authentication|unauthori[sz]ed|unauthenticated|permission|forbidden|access_denied|account_de/i;
const POLICY = /content_?(filter|policy|violation)|policy_?violation|moderation|safety|responsible_?ai/i;
const MODEL = /model_?not_?(found|supported|available)|(invalid|unknown|no_such)_model|deployment_?not_?found/i;
const TRANSIENT = /rate_?limit|too_?many|overload|time_?out|server_?error|internal|unavailable|exhausted|capacity|throttl|try_again|api_error|connection/i;
const PERMANENT = /invalid|bad_?request|unsupported|not_?found|not_?allowed|unprocessable|missing|failed_precondition/i;
/** What a refusal is to the caller (F6): whether asking again may help, and a sentence that quotes nothing. */
export function judged({ status: outer, complaint, retryAfterMs }) {
    const status = outer ?? complaint.status;
    const verdict = verdictOn(status, complaint);
    const name = [...complaint.names, complaint.param].find((given) => asName(given) !== '');
    const details = [outer === null ? [] : `status ${outer}`, name ?? []].flat();
    const sentence = verdict.because ?? unexplained(outer);
    return new ModelError(details.length === 0 ? sentence : `${sentence} (${details.join(', ')})`, {
        retryable: verdict.retryable,
        contextTooLong: verdict === TOO_LONG,
        retryAfterMs,
    });
}
const permanent = (because) => ({ retryable: false, because });
const TOO_LONG = permanent('the conversation is longer than the model can take');
const QUOTA_USED_UP = permanent('the quota at the provider of the model is used up');
const KEY_REFUSED = permanent('the provider of the model does not accept the key');
const CONTENT_REFUSED = permanent('the provider of the model refused the content');
const NO_SUCH_MODEL = permanent('the provider has no such model');
function verdictOn(status, complaint) {
    const calls = (pattern) => complaint.names.some((name) => pattern.test(name));
    if (isTooLong(status, complaint))
        return TOO_LONG;
    // A rate limit is the only passing trouble under whose status providers report what does not pass.
    if (status === null || status === 429 || !isPassing(status)) {
        if (status === 402 || calls(QUOTA))
            return QUOTA_USED_UP;
        if (status === 401 || status === 403 || calls(KEY))
            return KEY_REFUSED;
        if (calls(POLICY))
            return CONTENT_REFUSED;
        if (calls(MODEL))
            return NO_SUCH_MODEL;
    }
    return { retryable: status === null ? calls(TRANSIENT) || !calls(PERMANENT) : isPassing(status) };
}
function unexplained(status) {
    if (status === null)
        return 'the model reported an error';
    if (status === 429)
        return 'the provider of the model is asked too often';
    return status >= 500 ? 'the provider of the model is in trouble' : 'the provider of the model refused the request';
}
/** Whether a status says that the same request may be answered later. */
function isPassing(status) {
    return status >= 500 || status === 429 || status === 408 || status === 409 || status === 425;
}
function isTooLong(status, { names, words }) {
    if (status === 413)
        return true;
    if (status === 401 || status === 403 || status === 404)
        return false;
    const isRateLimited = status === 429 || names.some((name) => RATE_LIMITED.test(name));
    if (isRateLimited)
        return TOO_LARGE_AT_ONCE.test(words);
    return names.some((name) => TOO_LONG_NAMES.test(name)) || TOO_LONG_WORDS.some((pattern) => pattern.test(words));
}
/** What `retry-after-ms` or `Retry-After` (seconds or a date) asks for, in milliseconds; undefined where they ask for nothing. */
export function retryAfterMs(headers, now) {
    const asked = numberIn(headers['retry-after-ms']);
    if (asked !== undefined)
        return Math.max(0, asked);
    const after = headers['retry-after'];
    if (after === undefined)
        return undefined;
    const seconds = numberIn(after);
    const ms = seconds === undefined ? Date.parse(after) - now : seconds * 1000;
    return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
function numberIn(field) {
    const value = typeof field === 'string' && field.trim() !== '' ? Number(field) : Number.NaN;
    return Number.isFinite(value) ? value : undefined;
}
//# sourceMappingURL=refusal.js.map