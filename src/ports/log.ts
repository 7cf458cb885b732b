/** What a line has beside its words. Each has `replica`, of whoever writes it; ids of sessions are no list (X3). */
export interface LogFields {
  readonly [name: string]: unknown
  readonly replica?: never
  readonly sessions?: number
}

/** The part of a structured logger that the layers below the composition root use. Never given a message's content above `debug`. */
export interface Log {
  debug(fields: LogFields, text: string): void
  info(fields: LogFields, text: string): void
  warn(fields: LogFields, text: string): void
  error(fields: LogFields, text: string): void
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
