/** Baton's messages in the AI SDK's words. */
import type { FinishReason, UIMessage, UIMessageChunk } from 'ai'
import type { Message, Outgoing } from '../client/index.ts'

/** A message without what the AI SDK has fields of its own for. One that was refused has `status` and `metadata` alone. */
export type BatonMessageMetadata = Pick<Message, 'status' | 'metadata'> &
  Partial<Pick<Message, 'seq' | 'attempt' | 'createdAt'>>
export type BatonUIMessage = UIMessage<BatonMessageMetadata>

type SourceChunk = Extract<UIMessageChunk, { type: 'source-url' | 'source-document' }>

export function metadataOf(message: Message): BatonMessageMetadata {
  const { id: _id, role: _role, content: _content, ...rest } = message
  return rest
}

/** A whole message, as one that is shown again after a reload. */
export function uiMessageOf(message: Message): BatonUIMessage {
  const { id, role, content, status } = message
  const text = { type: 'text', text: content, state: status === 'streaming' ? 'streaming' : 'done' } as const
  return { id, role, metadata: metadataOf(message), parts: [text, ...sourcesOf(message)] }
}

/** A message that is not at the gateway; one that was refused says why, as an answer that failed does. */
export function outgoingOf({ id, content, metadata, error }: Outgoing): BatonUIMessage {
  const message: BatonUIMessage = { id, role: 'user', parts: [{ type: 'text', text: content }] }
  if (error === null) return message
  const { code, message: why, retryable } = error
  return {
    ...message,
    metadata: { status: 'error', metadata: { ...metadata, error: { code, message: why, retryable } } },
  }
}

/**
 * The parts of a message that count: those of its last step, where the text of an answer started again. AI SDK 7 takes the others back by
 * itself; version 6 keeps them.
 */
export function answerParts<Part extends { readonly type: string }>(parts: readonly Part[]): readonly Part[] {
  return parts.slice(parts.findLastIndex(({ type }) => type === 'step-start') + 1)
}

/** What the user wrote. Throws a `TypeError` where there is something else than text, which Baton does not carry. */
export function textOf({ parts }: Pick<UIMessage, 'parts'>): string {
  const other = parts.find(({ type }) => type !== 'text')
  if (other !== undefined) throw new TypeError(`Baton carries text only, not parts of type "${other.type}"`)
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

/** Sources of an answer (S8): with a link where theirs is one that may be followed. */
export function sourcesOf({ id, metadata }: Message): SourceChunk[] {
  const sources: unknown = metadata.sources
  if (!Array.isArray(sources)) return []
  return sources.map((source: { title?: unknown; url?: unknown }, index): SourceChunk => {
    const sourceId = `${id}:${index}`
    const title = String(source.title ?? source.url ?? '')
    return typeof source.url === 'string' && /^https?:/i.test(source.url)
      ? { type: 'source-url', sourceId, url: source.url, title }
      : { type: 'source-document', sourceId, mediaType: 'text/plain', title }
  })
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content-filter',
  tool_calls: 'tool-calls',
}

export function finishReasonOf({ metadata }: Message): FinishReason {
  return FINISH_REASONS[String(metadata.finish_reason)] ?? 'other'
}
