import type { FastifyRequest } from 'fastify'
import type { Log } from '../ports/log.ts'
import { toBatonError } from '../protocol/errors.ts'

/** What an act is done to. */
export interface Target {
  readonly session?: string
  readonly message?: string
  /** Of a replica, its address. */
  readonly target?: string
  readonly value?: string
}

/**
 * Does an act of an operator and writes a line of it, also where it fails: who, what, to what, and what came of it; when is the
 * line's own time.
 */
export async function audited<T>(
  log: Log,
  { operator: { name: by, address } }: Pick<FastifyRequest, 'operator'>,
  act: string,
  target: Target,
  work: () => Promise<T>,
): Promise<T> {
  const line = (outcome: string) => log.info({ audit: act, by, address, ...target, outcome }, 'audit')
  try {
    const done = await work()
    line('done')
    return done
  } catch (thrown) {
    line(toBatonError(thrown).code)
    throw thrown
  }
}
