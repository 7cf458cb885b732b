import { garbage } from './errors.ts'

/** What the gateway reads of the delta of a choice, or of the message of a whole completion, unchecked. */
export interface Delta {
  readonly content?: unknown
  readonly refusal?: unknown
  /** The names by which providers send what the model thinks, beside parts of the content. */
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
  readonly thinking?: unknown
  readonly reasoning_details?: unknown
  readonly extra_content?: { readonly google?: { readonly thought?: unknown } | null } | null
}

/** What a delta says. */
export interface Said {
  readonly text: string
  /** Null where it tells of none; `''` where it only tells that there is some. */
  readonly reasoning: string | null
}

/** One part of a content that comes as a list. */
interface Part {
  readonly type?: unknown
  readonly text?: unknown
  readonly refusal?: unknown
  readonly thinking?: unknown
  readonly reasoning?: unknown
  readonly summary?: unknown
}

/** Reads a delta of any provider (F7). Throws `ModelError` where its text is neither a string nor a list of parts. */
export function saidIn(delta: Delta): Said {
  const reasoning = reasoningIn(delta)
  const { content } = delta
  if (typeof content === 'string' && content !== '') {
    // Gemini's thoughts: the first of them opens a tag, which the text behind them closes (ThinkHead).
    if (delta.extra_content?.google?.thought === true) return { text: '', reasoning: content.replace(/^<thought>/, '') }
    return { text: content, reasoning }
  }
  if (content && typeof content === 'object')
    return { ...saidInParts([content].flat()), ...(reasoning && { reasoning }) }
  if (content && typeof content !== 'string') throw garbage('a delta whose text is no string')
  return { text: typeof delta.refusal === 'string' ? delta.refusal : '', reasoning }
}

/** Whether a delta tells of reasoning at all. */
export function reasons(delta: Delta): boolean {
  return reasoningIn(delta) !== null || delta.extra_content?.google?.thought === true
}

function reasoningIn({ reasoning_content, reasoning, thinking, reasoning_details }: Delta): string | null {
  // Some providers send the same under two names.
  for (const told of [reasoning_content, reasoning, thinking]) {
    if (told) return wordsIn(told)
  }
  return Array.isArray(reasoning_details) && reasoning_details.length > 0 ? wordsIn(reasoning_details) : null
}

function saidInParts(parts: readonly unknown[]): Said {
  let text = ''
  let reasoning: string | null = null
  for (const part of parts) {
    if (typeof part === 'string') text += part
    if (typeof part !== 'object' || part === null) continue
    const { type, text: words, refusal, thinking, reasoning: thought, summary }: Part = part
    if (typeof type === 'string' && /think|thought|reason/.test(type))
      reasoning = (reasoning ?? '') + wordsIn(thinking ?? thought ?? summary ?? words)
    else if (typeof words === 'string') text += words
    else if (typeof refusal === 'string') text += refusal
  }
  return { text, reasoning }
}

/** The words of what a model thinks: a string, a part that has them under one name or another, or a list of such. */
function wordsIn(told: unknown): string {
  if (typeof told === 'string') return told
  if (Array.isArray(told)) return told.map(wordsOf).join('')
  return wordsOf(told)
}

function wordsOf(part: unknown): string {
  if (typeof part === 'string') return part
  if (typeof part !== 'object' || part === null) return ''
  const { text, summary, thinking, content } = part as Part & { readonly content?: unknown }
  const words = [text, summary, thinking, content].find((given) => typeof given === 'string')
  return typeof words === 'string' ? words : ''
}
