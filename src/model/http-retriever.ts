import { z } from 'zod'
import { withoutPassword } from '../config/basic-auth.ts'
import type { Log } from '../ports/log.ts'
import type { Meter } from '../ports/meter.ts'
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

export interface HttpRetrieverOptions {
  readonly url: string
  readonly timeoutMs: number
  readonly log: Log
  readonly meter: Meter
}

/** Asks an HTTP service for documents (S8): where the settings say, and nowhere else. */
export class HttpRetriever implements Retriever {
  readonly #options: HttpRetrieverOptions
  readonly #url: URL
  readonly #headers: Readonly<Record<string, string>>

  constructor(options: HttpRetrieverOptions) {
    this.#options = options
    const { url, headers } = withoutPassword(options.url)
    this.#url = url
    this.#headers = { 'content-type': 'application/json', accept: 'application/json', ...headers }
  }

  async retrieve(
    sessionId: string,
    query: string,
    messages: readonly Turn[],
    signal: AbortSignal,
  ): Promise<readonly RetrievedDocument[]> {
    try {
      const found = await this.#ask(JSON.stringify({ session_id: sessionId, query, messages }), signal)
      const kept = withinBounds(found)
      if (kept.length < found.length) this.#cut(sessionId, found.length, kept.length)
      return kept
    } catch (error) {
      if (!signal.aborted) this.#failed(sessionId, error)
      return []
    }
  }

  /** An answer that is none may quote the conversation, and with it its error: of that no more is said than what it is. */
  #failed(sessionId: string, error: unknown): void {
    const { log, meter } = this.#options
    const isItsAnswer = error instanceof z.ZodError || error instanceof SyntaxError
    const why = isItsAnswer ? { reason: 'its answer is not { documents: [{ title, text }] }' } : { err: error }
    meter.retrieverFailures(1)
    log.warn({ sessionId, ...why }, 'the retriever failed: answering without sources')
  }

  #cut(sessionId: string, documents: number, kept: number): void {
    this.#options.log.warn({ sessionId, documents, kept }, 'the titles and links of the sources take too much')
  }

  async #ask(body: string, signal: AbortSignal): Promise<readonly RetrievedDocument[]> {
    const { timeoutMs } = this.#options
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: this.#headers,
      body,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), // of the body too
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw new Error(`status ${response.status}`)
    }
    const { documents } = found.parse(JSON.parse(await textOf(response)))
    return documents.map(({ title, text, url, score }) => ({
      title: title.toWellFormed(),
      text: text.toWellFormed(),
      ...(url != null && { url: url.toWellFormed() }),
      ...(score != null && { score }),
    }))
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
  return new TextDecoder().decode(Buffer.concat(chunks)) // without a byte order mark
}
