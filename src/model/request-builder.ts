import { knowsUsers, type ResolvedSettings } from '../config/settings.ts'
import { estimatedTokens, type ModelRequest } from '../ports/model.ts'
import { OPENAI_URL } from './provider.ts'

type Json = Readonly<Record<string, unknown>>

/** OpenAI refuses a longer `user`. */
const MAX_USER = 64
/** OpenAI's Responses API refuses a smaller limit. */
const MIN_OUTPUT_TOKENS = 16

/** Makes the body and the headers of a request for an answer, as the settings have it. */
export class RequestBuilder {
  readonly #settings: ResolvedSettings
  readonly #limitName: string

  constructor(settings: ResolvedSettings) {
    this.#settings = settings
    this.#limitName = limitName(settings)
  }

  /**
   * The body: the model, usage, limit and user as they are set, then LLM_EXTRA_BODY, which may change any of that or, by null, leave
   * it out, then `prompt` and `stream`, without which nothing would work.
   */
  body(request: ModelRequest, prompt: object, more: Json = {}): Json {
    const { LLM_MODEL, LLM_API, LLM_STREAM_USAGE, LLM_EXTRA_BODY } = this.#settings
    const user = this.#userOf(request)
    const fields = {
      model: LLM_MODEL,
      ...more,
      ...(LLM_API === 'chat' && LLM_STREAM_USAGE && { stream_options: { include_usage: true } }),
      ...this.#limit(request),
      ...(user !== null && user.length <= MAX_USER && { user }),
      ...LLM_EXTRA_BODY,
    }
    const given = Object.entries(fields).filter(([, value]) => value !== null)
    return { ...Object.fromEntries(given), ...prompt, stream: true }
  }

  /** With LLM_IDENTITY: who asks, for an agent of one's own behind the provider's wire. */
  headers(request: ModelRequest): Readonly<Record<string, string>> {
    if (!this.#settings.LLM_IDENTITY) return {}
    const user = this.#userOf(request)
    return {
      'x-baton-session': request.sessionId,
      'x-baton-message': request.messageId,
      ...(user !== null && { 'x-baton-user': asField(user) }),
    }
  }

  /** Nobody where it is not known who asks: an agent may act for the user that it is told (X3). */
  #userOf({ userId = null }: ModelRequest): string | null {
    return this.#settings.LLM_IDENTITY && knowsUsers(this.#settings) ? userId : null
  }

  /** LLM_MAX_TOKENS is of the whole answer: what is there already is taken off. */
  #limit({ resume }: ModelRequest): Json {
    const { LLM_API, LLM_MAX_TOKENS, LLM_EXTRA_BODY } = this.#settings
    const isSet = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'].some((name) => name in LLM_EXTRA_BODY)
    if (LLM_MAX_TOKENS === 0 || isSet) return {}
    const left = LLM_MAX_TOKENS - estimatedTokens(Buffer.byteLength(resume?.text ?? ''))
    return { [this.#limitName]: Math.max(LLM_API === 'responses' ? MIN_OUTPUT_TOKENS : 1, left) }
  }
}

/** Azure's hosts for models of all makers serve OpenAI's under that path. */
const OF_OPENAI =
  /^([^/]+\.)?(openai\.com|(openai|cognitiveservices)\.azure\.(com|us|cn)|services\.ai\.azure\.(com|us|cn)(\/api\/projects\/[^/]+)?\/openai)(\/|$)/

/** OpenAI's newer models refuse `max_tokens`; other servers know no other name. */
function limitName({ LLM_API, OPENAI_BASE_URL }: ResolvedSettings): string {
  if (LLM_API === 'responses') return 'max_output_tokens'
  const { hostname, pathname } = new URL(OPENAI_BASE_URL ?? OPENAI_URL)
  return OF_OPENAI.test(hostname + pathname) ? 'max_completion_tokens' : 'max_tokens'
}

/** Printable ASCII as it is, but for `%`; anything else percent-encoded. */
function asField(value: string): string {
  return value.toWellFormed().replace(/[^\x21-\x24\x26-\x7e]/gu, encodeURIComponent)
}
