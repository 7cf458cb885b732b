import { z } from 'zod'
import type { Log } from '../ports/log.ts'
import type { Turn } from '../ports/model.ts'
import type { RetrievedDocument, Retriever } from '../ports/retriever.ts'

/** Bytes of a retriever's answer; a longer one costs the sources. */
const MAX_ANSWER_BYTES = 1024 * 1024
/** Bytes of all that is stored and sent of the documents, which is everything but their text. */
const MAX_SOURCES_BYTES = 16 * 1024

const found = z.object({
  documents: z.array(
    z.object({
      title: z.string(),
      text: z.string(),
      url: z.string().nullish(),
      score: z.number().nullish(),
    }),
  ),
})

/** Asks an HTTP service for documents (S8): where the settings say, and nowhere else. */
export class HttpRetriever implements Retriever {
  readonly #url: string
  readonly #timeoutMs: number
  readonly #log: Log

  constructor(url: string, timeoutMs: number, log: Log) {
    this.#url = url
    this.#timeoutMs = timeoutMs
    this.#log = log
  }

  async retrieve(
    sessionId: string,
    query: string,
    messages: readonly Turn[],
    signal: AbortSignal,
  ): Promise<readonly RetrievedDocument[]> {
    try {
      return await this.#ask(JSON.stringify({ session_id: sessionId, query, messages }), signal)
    } catch (error) {
      if (!signal.aborted)
        this.#log.warn({ sessionId, reason: reasonOf(error) }, 'the retriever failed: answering without sources')
      return []
    }
  }

  async #ask(body: string, signal: AbortSignal): Promise<readonly RetrievedDocument[]> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]), // of the body too
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw new Error(`status ${response.status}`)
    }
    const { documents } = found.parse(JSON.parse(await textOf(response)))
    const kept = withinBounds(
      documents.map(({ title, text, url, score }) => ({
        title,
        text,
        ...(url != null && { url }),
        ...(score != null && { score }),
      })),
    )
    if (kept.length < documents.length)
      this.#log.warn(
        { documents: documents.length, kept: kept.length },
        'the titles and links of the sources take too much',
      )
    return kept
  }
}

/** The first documents, as many as are within the bound of the sources: what is not named as a source is not used as one. */
function withinBounds(documents: readonly RetrievedDocument[]): readonly RetrievedDocument[] {
  let bytes = 2
  const beyond = documents.findIndex(({ text: _, ...source }) => {
    bytes += Buffer.byteLength(JSON.stringify(source)) + 1
    return bytes > MAX_SOURCES_BYTES
  })
  return beyond === -1 ? documents : documents.slice(0, beyond)
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > MAX_ANSWER_BYTES) throw new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** Never the answer itself, which may quote the conversation. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return 'its answer is not { documents: [{ title, text }] }'
  if (!(error instanceof Error)) return 'unknown'
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
