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

/** Writes a line for every act of an operator: who, what, to what, and what came of it; when is the line's own time. */
export class Audit {
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  /** Does it, and writes its line, also where it fails. */
  async of<T>(
    { operator: { name: by, address } }: Pick<FastifyRequest, 'operator'>,
    act: string,
    target: Target,
    work: () => Promise<T>,
  ): Promise<T> {
    const line = (outcome: string) => this.#log.info({ audit: act, by, address, ...target, outcome }, 'audit')
    try {
      const done = await work()
      line('done')
      return done
    } catch (thrown) {
      line(toBatonError(thrown).code)
      throw thrown
    }
  }
}
