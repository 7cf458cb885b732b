import type { RetrievedDocument } from '../ports/retriever.ts'
import type { Turn } from '../ports/token-source.ts'
import type { Message } from '../protocol/message.ts'

/** The session's messages as turns, the last `limit` of them (S7); an answer that ended without a word is none. */
export function turnsOf(context: readonly Message[], limit: number): readonly Turn[] {
  return context
    .slice(-limit)
    .filter((message) => message.content !== '')
    .map(({ role, content }) => ({ role, content }))
}

/** What the model is given: the system prompt, with the retrieved documents in it (S8), then the conversation. */
export function promptOf(
  systemPrompt: string,
  documents: readonly RetrievedDocument[],
  turns: readonly Turn[],
): readonly Turn[] {
  const sources = documents.map((document, i) => `[${i + 1}] ${document.title}\n${document.text}`)
  const content =
    sources.length === 0
      ? systemPrompt
      : `${systemPrompt}\n\nUse these documents where they help:\n\n${sources.join('\n\n')}`
  return [{ role: 'system', content }, ...turns]
}

/** The documents as an answer's `metadata.sources` shows them: without their text. */
export function sourcesOf(documents: readonly RetrievedDocument[]): readonly Omit<RetrievedDocument, 'text'>[] {
  return documents.map(({ text: _, ...source }) => source)
}
