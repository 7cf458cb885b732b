import { ClientError } from './errors.ts'

/** Where a gateway is. */
export interface Address {
  /** With the prefix under which the gateway is mounted, without a slash at the end (R6). */
  readonly base: string
  readonly origin: string
  /** Of Socket.IO, below the origin. */
  readonly path: string
}

/** A gateway's URL, read; relative to the page, where there is one. Or why it can be no gateway's. */
export function addressOf(url: string): Address | ClientError {
  const parsed = parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    return new ClientError('invalid', `url: not the http or https address of a gateway: ${url}`)
  }
  const { origin, pathname } = parsed
  const prefix = pathname.replace(/\/+$/, '')
  return { base: origin + prefix, origin, path: `${prefix}/socket.io/` }
}

function parse(url: string): URL | null {
  try {
    return new URL(url, globalThis.location?.href)
  } catch {
    return null
  }
}
