import type { Log } from '../../ports/log.ts'
import { source } from './lua.ts'
import type { Nodes } from './nodes.ts'

/**
 * Warns, in one line, where a master evicts when it is full. All keys of a session have a TTL, so each policy but
 * noeviction takes sessions that live. Never rejects; says nothing where Redis does not tell.
 */
export async function warnOfEviction(nodes: Nodes, name: string, log: Log): Promise<void> {
  const memory = source('memory')
  const told = await Promise.allSettled(nodes.all().map((node) => node.eval(memory, 0)))
  const policies = new Set(told.flatMap((reply) => (reply.status === 'fulfilled' ? evictingPolicy(reply.value) : [])))
  if (policies.size === 0) return
  log.warn(
    {},
    `${name} evicts live sessions when it is full: its maxmemory-policy is ${[...policies].join(', ')}, and should be noeviction`,
  )
}

/** Without a bound nothing is evicted. */
function evictingPolicy(memory: unknown): readonly string[] {
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(String(memory))?.[1]
  const policy = field('maxmemory_policy')
  return policy === undefined || policy === 'noeviction' || field('maxmemory') === '0' ? [] : [policy]
}
