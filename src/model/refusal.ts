import { ModelError } from '../ports/model.ts'
import type { Complaint } from './complaint.ts'
import { asName } from './errors.ts'

/** A provider's refusal to answer, or to go on with an answer, in its own words: with a status, or inside a stream. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  /** Of the reply; null where the refusal came inside a stream. */
  readonly status: number | null
  readonly complaint: Complaint
  readonly retryAfterMs: number | undefined

  constructor(status: number | null, complaint: Complaint, retryAfterMs?: number | undefined) {
    super('the provider refused')
    this.status = status
    this.complaint = complaint
    this.retryAfterMs = retryAfterMs
  }
}

const DAY_MS = 24 * 60 * 60_000

const TOO_LONG_NAMES =
  /context_?(length|window|size)|(prompt|input|request)_(is_)?too_(long|large)|tokens_limit_reached|max_prompt_tokens/i
const STRING_TOO_LONG = /string_above_max/i
const PROMPT = /^((messages|input|prompt)\b|$)/
const TOO_LONG_WORDS = [
  /context[ _-]?(length|window|size|limit).{0,80}(exceed|only|overflow|reached|\d|limit)/is,
  /(exceed|longer than|greater than|larger than|\bover(flow\w*)?\b|maximum(?! value for)|too large for).{0,60}(context(?! (deadline|cancel))|model length|prompt length|input length)/is,
  /(prompt|input|inputs|request|messages|conversation)( is| are| was)? too (long|large)/i,
  /(prompt|input|input length|number of (input )?tokens|input token count|tokens).{0,60}(exceeds?|exceeded|cannot exceed).{0,60}(max|limit|allowed|length|\d)/is,
  /exceed(s|ed)?.{0,40}(token limit|max(imum)? (number of )?(input |prompt )?(tokens|length))/is,
  /max_new_tokens.{0,20}must be <=|inputs` must have less than|range of input length|reduce the length of|body too large for/i,
  /tokens in request more than max|length of prompt_tokens.{0,20}must be less than/i,
  /too many (input |prompt )?tokens/i,
]
/** What was asked for the answer is more than the model gives: no shorter conversation helps. */
const ANSWER_LIMIT = /max(imum)?[ _]tokens (you requested|must be less)/i
/** Said with a limit per minute, too, where waiting helps as little. */
const TOO_LARGE_AT_ONCE = /request (body )?(is )?too large/i

/** Throttling may speak of too many tokens, and gateways pass its words on without its name or its status. */
const THROTTLED =
  /throttl|rate[ _-]?limit|too[ _-]?many[ _-]?requests|please wait before|\b(tokens|requests) per (min|day)/i
const RATE_LIMITED = /rate_?limit|too_?many_?requests|throttl|quota|resource_?exhausted/i
const QUOTA =
  /insufficient_?(quota|balance|funds|credit)|billing|exceeded_current_quota|payment_required|(spend|usage)_limit_(exceeded|reached)|credit_balance/i
/** Money, or what was paid for: waiting brings none. */
const QUOTA_WORDS =
  /insufficient (account )?(balance|funds|credit)|(out of|no|any) (prepaid |more )?credits\b(?! per)|credit balance is too low|used (up )?all (\w+ ){0,3}credits|credits? (\w+ ){1,3}(depleted|exhausted|used up)|\bspend(ing)? (limit|cap)|please (recharge|top up)|余额不足|欠费/i
/** A trial's, which speaks of the rate limits of those who pay. */
const QUOTA_OF_A_MONTH = /limited to \d+ \w+ calls ?(\/|per) ?month/i
/** What comes back by itself within a minute or a day, though it be called credits or a balance. */
const BY_TIME =
  /\b(rate|requests?|tokens?|credits?|[RT]P[MD])[ _-]limit|\bconcurrency\b|(\/|\b(per|an?|this|each)) ?(second|sec|minute|min|hour|day)\b|refill/i
const KEY =
  /api_?key|authentication|unauthori[sz]ed|unauthenticated|permission|(?<!extra_)forbidden|access_denied|account_de/i
const POLICY = /content_?(filter|policy|violation)|policy_?violation|moderation|safety|responsible_?ai/i
/** A policy that is named by its subject, as OpenAI's `bio_policy`. */
const SUBJECT_POLICY = /[a-z](?<!retry)_policy\b/i
const FLAGGED = /\bflagged\b/i
const MODERATED = /\bflagged\b|moderation/i
const COUNTRY = /unsupported_country/i
const MODEL = /model_?not_?(found|supported|available)|(invalid|unknown|no_such)_model|deployment_?not_?found/i
const TRANSIENT =
  /rate_?limit|too_?many|overload|time_?out|server_?error|internal|unavailable|exhausted|capacity|throttl|try_again|api_error|connection/i
const PERMANENT = /invalid|bad_?request|unsupported|not_?found|not_?allowed|unprocessable|missing|failed_precondition/i

/** What a refusal is to the caller (F6): whether asking again may help, and a sentence that quotes nothing. */
export function judged({ status: outer, complaint, retryAfterMs }: Refusal): ModelError {
  const status = outer ?? complaint.status
  const verdict = verdictOn(status, complaint)
  const name = [...complaint.names, complaint.param].find((given) => asName(given) !== '')
  const details = [outer === null ? [] : `status ${outer}`, name ?? []].flat()
  const sentence = verdict.because ?? unexplained(outer)
  return new ModelError(details.length === 0 ? sentence : `${sentence} (${details.join(', ')})`, {
    retryable: verdict.retryable,
    contextTooLong: verdict === TOO_LONG,
    retryAfterMs: aDayAtMost(retryAfterMs ?? complaint.retryAfterMs),
  })
}

/** It goes on to clients, and neither their timers nor `Retry-After` take a number of any size. */
function aDayAtMost(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.min(ms, DAY_MS)
}

interface Verdict {
  readonly retryable: boolean
  /** Why, where that is known. */
  readonly because?: string
}
const permanent = (because: string): Verdict => ({ retryable: false, because })
const TOO_LONG = permanent('the conversation is longer than the model can take')
const QUOTA_USED_UP = permanent('the quota at the provider of the model is used up')
const KEY_REFUSED = permanent('the provider of the model does not accept the key')
const COUNTRY_REFUSED = permanent('the provider of the model does not serve this country')
const CONTENT_REFUSED = permanent('the provider of the model refused the content')
const NO_SUCH_MODEL = permanent('the provider has no such model')

function verdictOn(status: number | null, complaint: Complaint): Verdict {
  const calls = (pattern: RegExp) => complaint.names.some((name) => pattern.test(name))
  if (isTooLong(status, complaint)) return TOO_LONG
  // A rate limit is the only passing trouble under whose status providers report what does not pass.
  if (status === null || status === 429 || !isPassing(status)) {
    if (status === 402 || calls(QUOTA) || saysUsedUp(complaint)) return QUOTA_USED_UP
    if (calls(COUNTRY)) return COUNTRY_REFUSED
    if (refusesContent(status, complaint)) return CONTENT_REFUSED
    if (status === 401 || calls(KEY)) return KEY_REFUSED
    if (calls(MODEL)) return NO_SUCH_MODEL
  }
  if (isThrottled(complaint)) return { retryable: true }
  return { retryable: status === null ? calls(TRANSIENT) || !calls(PERMANENT) : isPassing(status) }
}

function unexplained(status: number | null): string {
  if (status === null) return 'the model reported an error'
  if (status === 429) return 'the provider of the model is asked too often'
  return status >= 500 ? 'the provider of the model is in trouble' : 'the provider of the model refused the request'
}

/** Whether a status says that the same request may be answered later. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 429 || status === 408 || status === 409 || status === 425
}

/** Whether the provider says that nothing is left to be spent, as some do under the status and the names of a rate limit or of a bad key. */
function saysUsedUp({ words }: Complaint): boolean {
  if (isPage(words)) return false
  return QUOTA_OF_A_MONTH.test(words) || (QUOTA_WORDS.test(words) && !BY_TIME.test(words))
}

/** Whether the provider objects to what was said. Where there is no status, its words may also tell of moderation that is out of order. */
function refusesContent(status: number | null, { names, words }: Complaint): boolean {
  const calls = (pattern: RegExp) => names.some((name) => pattern.test(name))
  if (names.some((name) => POLICY.test(name) && !TRANSIENT.test(name))) return true
  if (status !== 429 && calls(SUBJECT_POLICY) && !calls(THROTTLED)) return true
  if (status === 403) return MODERATED.test(words)
  return status === null && FLAGGED.test(words) && !calls(TRANSIENT) && !THROTTLED.test(words)
}

/** Whether the provider says that it is asked too often, under whatever status. */
export function isThrottled({ names, words }: Complaint): boolean {
  return names.some((name) => THROTTLED.test(name)) || (!isPage(words) && THROTTLED.test(words))
}

function isTooLong(status: number | null, complaint: Complaint): boolean {
  const { names, param, words } = complaint
  if (status === 413) return true
  if (status === 401 || status === 403 || status === 404) return false
  const isRateLimited = status === 429 || names.some((name) => RATE_LIMITED.test(name))
  if (isRateLimited || isThrottled(complaint)) return TOO_LARGE_AT_ONCE.test(words)
  if (isPage(words) || ANSWER_LIMIT.test(words)) return false
  if (names.some((name) => STRING_TOO_LONG.test(name))) return PROMPT.test(param)
  return names.some((name) => TOO_LONG_NAMES.test(name)) || TOO_LONG_WORDS.some((pattern) => pattern.test(words))
}

/** HTML of a proxy: its style and script are no sentences. */
function isPage(words: string): boolean {
  return /^\s*<[a-z!?]/i.test(words) // Alibaba begins its sentences with `<400>`
}
