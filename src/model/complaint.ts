import { asText, parsed } from './json.ts'

/** What is known of a provider's complaint, whatever shape it had. */
export interface Complaint {
  /** Codes and types by which the provider calls it. */
  readonly names: readonly string[]
  /** The member of the request that it is about; '' where it names none. */
  readonly param: string
  /** An HTTP status that stands inside it. */
  readonly status: number | null
  /** Its sentences: for the operator, and to be searched; never for the user. */
  readonly words: string
  /** How long it asks to wait. */
  readonly retryAfterMs?: number | undefined
}

const MAX_WORDS = 2000
const MAX_NAME = 128
/** Providers put errors into errors, but not deeply. */
const MAX_DEPTH = 4

type ErrorObject = Readonly<Record<string, unknown>>

/** Reads a complaint: an error object of any provider, `{ error }` around one, or a mere text. */
export function complaintOf(said: unknown): Complaint {
  const all = errorsIn(said).map((error) => (isObject(error) ? read(error) : { ...NOTHING, words: String(error) }))
  return {
    names: all.flatMap(({ names }) => names),
    param: all.findLast(({ param }) => param !== '')?.param ?? '',
    status: all.find(({ status }) => status !== null)?.status ?? null,
    words: joined(all.map(({ words }) => words)),
    retryAfterMs: all.find(({ retryAfterMs }) => retryAfterMs !== undefined)?.retryAfterMs,
  }
}

/** The same of the body of a reply that is no answer. */
export function complaintIn(body: string): Complaint {
  return complaintOf(parsed(body) ?? body)
}

const NOTHING: Complaint = { names: [], param: '', status: null, words: '' }

/** The error, and those inside it. */
function errorsIn(said: unknown): readonly unknown[] {
  const errors: unknown[] = []
  let found = said
  while (found !== null && found !== undefined && errors.length < MAX_DEPTH) {
    errors.push(found)
    found = isObject(found) ? innerOf(found) : null
  }
  return errors
}

/** Validators make a list of errors, each with the place it is about; Mistral puts that where a sentence stands. */
function innerOf({ error, innererror, errors, detail, message }: ErrorObject): unknown {
  const told: unknown[] = [errors, detail, message].filter((inner) => typeof inner === 'object')
  return error ?? innererror ?? told.flat().find(Boolean)
}

/** Of one error, without those inside it. */
function read(error: ErrorObject): Complaint {
  const given = [error.code, error.type, error.status, error.error_type, codeIn(error.details)]
  const place = Array.isArray(error.loc) ? error.loc.map(asText) : []
  const told = [error.message, error.msg, error.detail, rawOf(error.metadata), place.join('.')]
  return {
    names: given.filter(isText).filter((name) => name.length <= MAX_NAME && !isStatus(name)),
    param: [error.param ?? place.at(-1)].find(isText)?.slice(0, MAX_NAME) ?? '',
    status: Number(given.find(isStatus) ?? 0) || null,
    words: joined(told.filter(isText)),
    retryAfterMs: delayIn(error.details),
  }
}

function joined(texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .map((text) => text.slice(0, MAX_WORDS))
    .join(' ')
    .slice(0, MAX_WORDS)
}

function isObject(value: unknown): value is ErrorObject {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** Anthropic's, which tells more than its type. */
function codeIn(details: unknown): unknown {
  return typeof details === 'object' && details !== null && 'error_code' in details ? details.error_code : undefined
}

/** OpenRouter's: what the provider behind it said. */
function rawOf(metadata: unknown): unknown {
  return typeof metadata === 'object' && metadata !== null && 'raw' in metadata ? metadata.raw : undefined
}

/** Google's `RetryInfo`, beside which it sends no header. */
function delayIn(details: unknown): number | undefined {
  const infos: readonly ({ readonly retryDelay?: unknown } | null)[] = Array.isArray(details) ? details : []
  const told = infos.map((info) => /^(\d+(\.\d+)?)s$/.exec(asText(info?.retryDelay))?.[1]).find(Boolean)
  return told === undefined ? undefined : Math.ceil(Number(told) * 1000)
}

function isStatus(value: unknown): boolean {
  return /^[345]\d\d$/.test(asText(value))
}
