import type { Cluster, Redis } from 'ioredis'
import { unavailable } from './available.ts'

/** One Redis, or a Cluster that finds each key's node by itself and follows keys that move. */
export type RedisClient = Redis | Cluster

/** Which node serves a key: for calls that span keys, or name none, and so cannot find their node by themselves. */
export interface Nodes {
  /** The node that serves the key, as far as is known. Throws while there is no connection to it. */
  of(key: string): Redis
  /** Every master that there is a connection to. */
  all(): Redis[]
  /** A name for it, connected to or not; empty while no node is known to serve the key. */
  nameOf(key: string): string
  /** To be called when a node turned out not to serve a key: what is known is brought up to date soon. */
  refresh(): void
}

/** An error by which a node of a Cluster says that a key is not its own, or not all of it. */
export function isRedirection(error: unknown): boolean {
  return error instanceof Error && /^(MOVED|ASK|TRYAGAIN) /.test(error.message)
}

/** What a node says of an item whose keys are with another node by now. */
export const MOVED = Symbol('moved')

/**
 * Asks every node about its items, all nodes at the same time; the answers are in the order of the items. Settles only
 * when nothing is under way any more, so that a repeat never overtakes the call that it repeats. Rejects with
 * `StoreUnavailable`.
 */
export async function askNodes<Item, Answer>(
  nodes: Nodes,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  ask: (node: Redis, items: readonly Item[]) => Promise<readonly Answer[]>,
): Promise<readonly Answer[]> {
  const groups = Map.groupBy(items.keys(), (position) => nodeOf(nodes, keyOf(items[position] as Item)))
  const [only, ...more] = groups.keys()
  if (only === undefined) return []
  if (more.length === 0) return ask(only, items)
  const answers = new Array<Answer>(items.length)
  const asking = [...groups].map(async ([node, positions]) => {
    const replies = await ask(
      node,
      positions.map((position) => items[position] as Item),
    )
    positions.forEach((position, i) => {
      answers[position] = replies[i] as Answer
    })
  })
  await allSettled(asking)
  return answers
}

/** The answers, with those of `MOVED` items asked for again, each by its keys, which finds them wherever they are. */
export async function askMovedAgain<Item, Answer>(
  items: readonly Item[],
  answers: readonly (Answer | typeof MOVED)[],
  ask: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const settled = (answer: Answer | typeof MOVED): answer is Answer => answer !== MOVED
  if (answers.every(settled)) return answers
  return allSettled(answers.map(async (answer, i) => (settled(answer) ? answer : ask(items[i] as Item))))
}

function nodeOf(nodes: Nodes, key: string): Redis {
  try {
    return nodes.of(key)
  } catch (error) {
    throw unavailable(error)
  }
}

/** Like `Promise.all`, but rejects only when all have settled. */
async function allSettled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises)
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  })
}
