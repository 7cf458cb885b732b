import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { type DestinationStream, type Logger, pino } from 'pino'
import type { Settings } from '../config/settings.ts'
import { ModelError } from '../ports/model.ts'
import { StoreUnavailable } from '../ports/session-store.ts'

const SECRETS = ['authorization', 'token', 'secret', 'password', 'apiKey']
const HOLDERS = ['', '*.', '*.*.']

/**
 * JSON lines on stdout, each with `replica`, `level` as a word and an ISO time. What goes by a secret's name is hidden
 * up to two objects deep. A session's id is a capability (X3): what is logged as `session` or `sessionId` is its digest.
 * That a model or a store fails is no bug, and has no stack. Satisfies the `Log` port.
 */
export function createLog(
  settings: Pick<Settings, 'LOG_LEVEL' | 'REPLICA_ID'>,
  destination?: DestinationStream,
): Logger {
  const options = {
    level: settings.LOG_LEVEL,
    base: { replica: settings.REPLICA_ID },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { session: digestOf, sessionId: digestOf, err: errorOf },
    redact: { paths: HOLDERS.flatMap((holder) => SECRETS.map((name) => holder + name)), censor: '[hidden]' },
  }
  return pino(options, destination ?? stdout())
}

function errorOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const told = pino.stdSerializers.err(error)
  const isExpected = error instanceof ModelError || error instanceof StoreUnavailable
  return isExpected ? { ...told, stack: undefined } : told
}

/** Bytes of lines that wait to be written; beyond them lines are lost. */
const MAX_WAITING = 16 * 1024 * 1024
/** How long the last lines are tried to be written where whoever reads them takes none, and stdout does not block. */
const LAST_LINES_MS = 1000
const RETRY_MS = 10

/** The lines that wait, which sonic-boom shows nowhere else. */
interface Waiting {
  readonly _bufs: string[]
}

/**
 * What cannot be written, because the disk below is full, waits for the next line. Without a listener the error would be thrown,
 * caught as a bug, and logged again, without end.
 */
function stdout(): DestinationStream {
  const stream = pino.destination({ dest: 1, sync: false, maxLength: MAX_WAITING })
  let isFailing = false
  stream.on('error', () => {
    isFailing = true
  })
  stream.on('write', () => {
    isFailing = false
  })
  // Called at exit. Its own would try for ever where the disk is full, or nobody reads any more.
  stream.flushSync = () => {
    const lines = (stream as unknown as Waiting)._bufs.splice(0)
    if (!isFailing) writeNow(lines.join(''))
  }
  return stream
}

/** Whatever cannot be written is lost. */
function writeNow(text: string): void {
  const until = performance.now() + LAST_LINES_MS
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN'
}

/** The first 12 hexadecimal digits of an id's SHA-256: enough to find the lines of one session, no way back to its id. */
export function digestOf(sessionId: unknown): string {
  return createHash('sha256').update(String(sessionId)).digest('hex').slice(0, 12)
}
