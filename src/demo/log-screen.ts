import { styleText } from 'node:util'
import { Screen } from '../stack/screen.ts'

/** A line that a replica logged. */
export interface LogRecord {
  /** ISO 8601. */
  readonly time: string
  readonly msg: string
  readonly [field: string]: unknown
}

/** Shows how the stack comes up, then hands on what the replicas log instead of printing it. */
export class LogScreen extends Screen {
  /** Called for every line that a replica logs. */
  onLog: (replica: string, record: LogRecord) => void = () => {}
  #quiet = false

  constructor() {
    super(false)
  }

  /** From now on nothing of the stack's is printed. */
  hush(): void {
    this.#quiet = true
  }

  override about(name: string, text: string): void {
    if (!this.#quiet) console.log(styleText('dim', `  ${name.padEnd(5)} ${text}`))
  }

  override line(name: string, text: string): void {
    const record = parse(text)
    if (record !== null) this.onLog(name, record)
  }
}

function parse(text: string): LogRecord | null {
  try {
    const record: unknown = JSON.parse(text)
    return typeof record === 'object' && record !== null && 'msg' in record && 'time' in record
      ? (record as LogRecord)
      : null
  } catch {
    return null
  }
}
