/** What all clients of the load generator have received so far. */
export interface Received {
  /** UTF-16 units of text. */
  units: number
  deltas: number
  /** Payload of the WebSocket frames that carried the deltas. */
  bytes: number
  /** Final messages of answers. */
  answers: number
}

/** What must not happen, in UTF-16 units where it is text. All zero, or the run is worth nothing. */
export interface Faults {
  lost: number
  doubled: number
  wrong: number
  /** Answers whose final message did not come or was not what the deltas said (D4). */
  unfinished: number
  /** Requests that were refused, connections that broke, answers that began anew. */
  errors: number
}

export const nothingReceived = (): Received => ({ units: 0, deltas: 0, bytes: 0, answers: 0 })

export const noFaults = (): Faults => ({ lost: 0, doubled: 0, wrong: 0, unfinished: 0, errors: 0 })

export const faultsIn = (faults: Faults): number => Object.values(faults).reduce((sum, count) => sum + count, 0)
