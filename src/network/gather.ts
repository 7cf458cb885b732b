import type { Writable } from 'node:stream'

/** More than this does not gather: a client that reads slowly is to be noticed at what it does not take (D6). */
const MAX_BYTES = 16 * 1024

interface Gathering {
  readonly stream: Writable
  readonly onReleased: (() => void) | undefined
}

let gathering: Gathering[] = []

/**
 * Makes one write to the network of all that is written to `stream` until the callback that runs now, with the promises that
 * follow from it, is through. A write costs more than making what it carries (docs/performance.md). Where this call begins
 * it, `onReleased` is called once all of it was given to the network.
 */
export function gather(stream: Writable, onReleased?: () => void): void {
  if (stream.writableCorked > 0) return
  stream.cork()
  if (gathering.push({ stream, onReleased }) === 1) process.nextTick(release)
}

/** Whether so many bytes gather with others. */
export function isLittle(bytes: number): boolean {
  return bytes <= MAX_BYTES
}

/** Lets out what gathers where so many bytes more do not fit, and gives whether nothing else keeps them from the network. */
export function makeFree(stream: Writable, bytes: number): boolean {
  if (stream.writableCorked > 0 && !isLittle(stream.writableLength + bytes)) stream.uncork()
  return stream.writableCorked > 0 || stream.writableLength === 0
}

function release(): void {
  const released = gathering
  gathering = []
  for (const { stream, onReleased } of released) {
    stream.uncork()
    onReleased?.()
  }
}
