import type { IncomingMessage } from 'node:http'

/** What is wrong with a request that does not name one host, as HTTP/1.1 asks for (RFC 9112, 3.2); null where it does. */
export function objectionToHost({ rawHeaders, httpVersion }: IncomingMessage): string | null {
  // Node tells one of several, and not that there were others.
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host').length
  if (hosts > 1) return 'host: must be there once'
  return hosts === 1 || httpVersion === '1.0' ? null : 'host: is missing'
}
