import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What nginx has called a request, where it came through one. */
export function givenRequestId({ headers }: IncomingMessage): string | undefined {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{8,64}$/.test(given) ? given : undefined
}

/** Under which a request stands in the logs: what nginx has called it, else an id of its own. */
export function requestId(request: IncomingMessage): string {
  return givenRequestId(request) ?? randomUUID()
}
