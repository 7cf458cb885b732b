import { type AppendItem, type AppendResult, StoreUnavailable } from '../../ports/session-store.ts'
import { available } from './available.ts'
import type { RedisConnections } from './connect.ts'
import { askMovedAgain, askNodes, MOVED } from './nodes.ts'
import type { KeepReply, Kept } from './replies.ts'
import { appendArguments, keepArguments } from './requests.ts'
import type { Scripts } from './scripts.ts'

/** Answers whose TTL one call refreshes: Redis serves nobody else meanwhile. */
const KEEP_BATCH = 256
/** Sessions that one call asks about, likewise. */
const REMAINING_BATCH = 1000
/** Said of a session whose key is at another node. */
const ELSEWHERE = -3

interface OfSession {
  readonly sessionId: string
}

/**
 * The store's operations on many sessions: one call to each node that has some of them. An item whose keys a node no
 * longer has, because their slot moves or has moved, is asked for again by its keys, which finds them. One whose node cannot be
 * asked has that error for its reply.
 */
export class Batches {
  readonly #connections: Pick<RedisConnections, 'commands' | 'nodes' | 'keys'>
  readonly #scripts: Scripts
  readonly #ttl: number
  readonly #keyOf = ({ sessionId }: OfSession): string => this.#connections.keys.session(sessionId)

  constructor(
    connections: Pick<RedisConnections, 'commands' | 'nodes' | 'keys'>,
    scripts: Scripts,
    ttlSeconds: number,
  ) {
    this.#connections = connections
    this.#scripts = scripts
    this.#ttl = ttlSeconds
  }

  async append(items: readonly AppendItem[]): Promise<readonly (AppendResult | StoreUnavailable)[]> {
    const { nodes, keys } = this.#connections
    const results = await askNodes(nodes, items, this.#keyOf, async (node, batch) => {
      const refusals = await available(this.#scripts.runAt(node, 'append', appendArguments(keys, batch)))
      return appendResults(batch.length, refusals as number[])
    })
    return askMovedAgain(items, results, async (item) => {
      const { sessionId, epoch, bookmark } = item
      const own = [keys.text(sessionId, epoch), ...(bookmark === null ? [] : [keys.answer(sessionId)])]
      const refusals = await available(this.#scripts.run('append', own, appendArguments(keys, [item])))
      return found(appendResults(1, refusals as number[])[0])
    })
  }

  async keep(
    answers: readonly (OfSession & { readonly epoch: number })[],
  ): Promise<readonly (Kept | StoreUnavailable)[]> {
    const { nodes, keys } = this.#connections
    const replies = await askNodes(nodes, answers, this.#keyOf, async (node, group) => {
      const replies: KeepReply = []
      for (let from = 0; from < group.length; from += KEEP_BATCH) {
        const batch = keepArguments(keys, group.slice(from, from + KEEP_BATCH), this.#ttl)
        replies.push(...((await available(this.#scripts.runAt(node, 'keep', batch))) as KeepReply))
      }
      return replies.map(keptOrMoved)
    })
    return askMovedAgain(answers, replies, async (answer) => {
      const args = keepArguments(keys, [answer], this.#ttl)
      const reply = await available(this.#scripts.run('keep', args.slice(1).map(String), args))
      return found(keptOrMoved((reply as KeepReply)[0] ?? null))
    })
  }

  /** As PTTL has it: below 0 where there is none, or none that expires. */
  async remaining(sessionIds: readonly string[]): Promise<readonly (number | StoreUnavailable)[]> {
    const { nodes, commands, keys } = this.#connections
    const keyOf = (id: string) => keys.session(id)
    const times = await askNodes(nodes, sessionIds, keyOf, async (node, group) => {
      const replies: number[] = []
      for (let from = 0; from < group.length; from += REMAINING_BATCH) {
        const batch = group.slice(from, from + REMAINING_BATCH).map(keyOf)
        replies.push(...((await available(this.#scripts.runAt(node, 'remaining', batch))) as number[]))
      }
      return replies.map((ms) => (ms === ELSEWHERE ? MOVED : ms))
    })
    return askMovedAgain(sessionIds, times, (id) => available(commands.pttl(keys.session(id))))
  }
}

/** The script names what it has not stored: n was refused, -n has its keys at another node. */
function appendResults(items: number, refusals: readonly number[]): (AppendResult | typeof MOVED)[] {
  const results = new Array<AppendResult | typeof MOVED>(items).fill('stored')
  for (const refusal of refusals) results[Math.abs(refusal) - 1] = refusal > 0 ? 'fenced' : MOVED
  return results
}

function keptOrMoved(reply: KeepReply[number]): Kept | typeof MOVED {
  return reply === -1 ? MOVED : reply
}

/** The answer of an item that was sent to where its keys are; that they have moved again just then is for the next try. */
function found<Answer>(answer: Answer | typeof MOVED | undefined): Answer {
  if (answer === MOVED || answer === undefined) throw new StoreUnavailable('Redis: a slot is moving')
  return answer
}
