import { type DestinationStream, type Logger, pino } from 'pino'
import type { Settings } from '../config/settings.ts'

const SECRETS = ['authorization', 'token', 'secret', 'password', 'apiKey']
const HOLDERS = ['', '*.', '*.*.']

/**
 * JSON lines on stdout, each with `replica`, `level` as a word and an ISO time. What goes by a secret's name is hidden
 * up to two objects deep. Satisfies the `Log` port.
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
    redact: { paths: HOLDERS.flatMap((holder) => SECRETS.map((name) => holder + name)), censor: '[hidden]' },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
