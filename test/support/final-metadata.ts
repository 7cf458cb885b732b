import type { Message } from '../../src/protocol/message.ts'

/** What M4 asks of an ended answer and its metadata lacks; null where there is all of it. */
export function lackOf({ status, metadata }: Message): string | null {
  const { replicas, processing_time_ms: time, finish_reason: reason } = metadata
  if (!Array.isArray(replicas)) return 'replicas'
  if (typeof time !== 'number' || time < 0) return 'processing_time_ms'
  if (status !== 'error') return typeof reason === 'string' ? null : 'finish_reason'
  const { code, message, retryable } = (metadata.error ?? {}) as Record<string, unknown>
  const isError = typeof code === 'string' && typeof message === 'string' && typeof retryable === 'boolean'
  return isError ? null : 'error'
}
