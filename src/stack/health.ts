import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that has only just started is not yet silent, only slow: what it is given until its first answer. */
const FIRST_ANSWER_MS = 30_000
/** How often it is asked until then, so that from its first moment on it is held to the usual limit. */
const FIRST_PAUSE_MS = 50
/** No load delays a timer for so long. */
const OVERSLEPT_MS = 10_000

/**
 * Asks `url` again and again, and calls `onSilent` once when no answer of any kind came for `timeoutMs`. A refused
 * connection is silence too. Stops, without a call, when `signal` is aborted.
 */
export async function watchHealth(
  url: string,
  timeoutMs: number,
  onSilent: () => void,
  signal: AbortSignal,
): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS
  let leftMs = Math.max(timeoutMs, FIRST_ANSWER_MS)
  while (!signal.aborted) {
    const askedAt = performance.now()
    const answered = await answers(url, leftMs)
    if (answered) pauseMs = Math.min(1000, timeoutMs / 4)
    await sleep(pauseMs, undefined, { signal }).catch(() => {})
    const tookMs = performance.now() - askedAt
    // Took far longer than it can have: this process itself was asleep (a closed lid), and heard nobody.
    const overslept = tookMs > leftMs + OVERSLEPT_MS
    leftMs = answered || overslept ? timeoutMs : leftMs - tookMs
    if (leftMs <= 0 && !signal.aborted) return onSilent()
  }
}

async function answers(url: string, withinMs: number): Promise<boolean> {
  return statusOf(url, AbortSignal.timeout(Math.ceil(withinMs))).then(
    () => true,
    () => false,
  )
}

/** GETs `url` and gives the status of the answer; rejects where there is none. Never by a proxy, as `fetch` may (NODE_USE_ENV_PROXY). */
function statusOf(url: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false, signal }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', reject)
  })
}

/** A probe for programs that speak HTTP: every one of `urls` answers 200. */
export function httpProbe(...urls: string[]): () => Promise<void> {
  return async () => {
    for (const url of urls) {
      const path = new URL(url).pathname
      const status = await statusOf(url, AbortSignal.timeout(2000)).catch(() => undefined)
      if (status === undefined) throw new Error(`${path} does not answer yet`)
      if (status !== 200) throw new Error(`${path} answers ${status}`)
    }
  }
}
