import type { Address } from './address.ts'

/** Engine.IO's word for a request that its owner does not admit: from another origin than is allowed, above all (X4). */
const NOT_ADMITTED = 4

/** In the words of Baton (X1), or of Engine.IO. */
interface Refusal {
  readonly error?: { readonly message?: unknown } | null
  readonly code?: unknown
  readonly message?: unknown
}

/**
 * Why no WebSocket comes about, asked by plain HTTP, for people: of a WebSocket that fails neither a browser nor Socket.IO says why.
 * Resolves with null where `signal` was aborted.
 */
export async function causeOf({ base, origin, path }: Address, signal: AbortSignal): Promise<string | null> {
  const url = `${origin}${path}?EIO=4&transport=polling`
  try {
    return verdictOn(base, await fetch(url, { signal, cache: 'no-store', credentials: 'omit' }))
  } catch {
    if (signal.aborted) return null
  }
  // In a browser the answer may be there and must not be read: it is for pages of other origins.
  const isThere = globalThis.location !== undefined && (await isReached(url, signal))
  if (!isThere) return signal.aborted ? null : `nothing answers at ${base}`
  return `${base} does not answer pages of ${location.origin}: it is no gateway, or its ALLOWED_ORIGINS lacks that origin`
}

async function verdictOn(base: string, response: Response): Promise<string> {
  const { status } = response
  if (status === 404) return `there is no gateway at ${base}: it knows no Socket.IO (404)`
  if (status >= 500) return `the gateway at ${base} is not available (${status})`
  const body: Refusal | null = await response.json().catch(() => null)
  if (status === 403 || status === 429 || body?.code === NOT_ADMITTED) {
    return `${base} refuses the connection: ${body?.error?.message ?? body?.message ?? status}`
  }
  if (typeof body?.code !== 'number' && status !== 200) return `there is no gateway at ${base} (${status})`
  return `${base} answers, but no WebSocket to it comes about: something between may not let them pass`
}

async function isReached(url: string, signal: AbortSignal): Promise<boolean> {
  return fetch(url, { signal, mode: 'no-cors', cache: 'no-store', credentials: 'omit' }).then(
    () => true,
    () => false,
  )
}
