import { Redis } from 'ioredis'

/** Scripts that Redis has been asked to run so far, and the time that it spent on them, in microseconds. */
export interface ScriptCounts {
  readonly calls: number
  readonly us: number
}

export async function scriptCountsOf(url: string): Promise<ScriptCounts> {
  const redis = new Redis(url)
  try {
    const stats = await redis.info('commandstats')
    const [, calls = 0, us = 0] = /cmdstat_evalsha:calls=(\d+),usec=(\d+)/.exec(stats)?.map(Number) ?? []
    return { calls, us }
  } finally {
    redis.disconnect()
  }
}
