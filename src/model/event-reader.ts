/** Takes the bytes of a body and gives the events in it. */
export interface EventReader {
  /** Whether the event given last was named an error. */
  readonly isError: boolean
  /** Takes the next bytes. Throws `ModelError` where the body is out of bounds. */
  push(bytes: Buffer): void
  /** The data of the next whole event, or null where more bytes are needed. */
  next(): string | null
  /** There are no more bytes: the data of what they ended with, or null where that is nothing whole. */
  end(): string | null
}
