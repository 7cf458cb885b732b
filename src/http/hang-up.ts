import type { Socket } from 'node:net'

/** Node's own, which reads HTTP from a socket and then from others: undocumented, so a test fails where this does nothing any more. */
interface Parser {
  onIncoming: ((request: unknown) => number) | null
  /** What it calls for each piece of a body, under the number that its class names. */
  [callback: number]: unknown
  readonly constructor: { readonly kOnBody?: number }
}

/** From `onIncoming`: what follows is no HTTP any more. */
const STOP_PARSING = 2

/**
 * Ends the connection. One read may have given thousands of requests, or ten thousand pieces of a body: those that are not parsed
 * yet are not made into objects (X6).
 */
export function hangUpOn(socket: Socket): void {
  const { parser } = socket as { readonly parser?: Parser | null }
  if (parser != null) {
    parser.onIncoming = () => STOP_PARSING
    dropBody(parser, socket)
  }
  socket.destroy()
}

function dropBody(parser: Parser, socket: Socket): void {
  const { kOnBody } = parser.constructor
  if (kOnBody === undefined) return
  const onBody = parser[kOnBody]
  if (typeof onBody !== 'function') return
  parser[kOnBody] = null
  // Before Node puts the parser aside for another connection.
  socket.prependOnceListener('close', () => {
    parser[kOnBody] = onBody
  })
}
