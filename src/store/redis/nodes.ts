import type { Cluster, Redis } from 'ioredis'
import { StoreUnavailable } from '../../ports/session-store.ts'
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
 * Asks every node about its items, all nodes at the same time; the answers are in the order of the items. A node that cannot be
 * asked costs its own items alone: their answer is that error. Settles only when nothing is under way any more, so that a repeat
 * never overtakes the call that it repeats.
 */
export async function askNodes<Item, Answer>(
  nodes: Nodes,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  ask: (node: Redis, items: readonly Item[]) => Promise<readonly Answer[]>,
): Promise<readonly (Answer | StoreUnavailable)[]> {
  const answers = new Array<Answer | StoreUnavailable>(items.length)
  const groups = Map.groupBy(items.keys(), (at) => nodes.nameOf(keyOf(items[at] as Item)))
  const asking = [...groups.values()].map(async (positions) => {
    const group = positions.map((at) => items[at] as Item)
    const replies = await unlessUnavailable(async () => ask(nodeOf(nodes, keyOf(group[0] as Item)), group))
    positions.forEach((at, i) => {
      answers[at] = replies instanceof StoreUnavailable ? replies : (replies[i] as Answer)
    })
  })
  await allSettled(asking)
  return answers
}

/** The answers, with those of `MOVED` items asked for again, each by its keys, which finds them wherever they are. */
export async function askMovedAgain<Item, Answer>(
  items: readonly Item[],
  answers: readonly (Answer | StoreUnavailable | typeof MOVED)[],
  ask: (item: Item) => Promise<Answer>,
): Promise<readonly (Answer | StoreUnavailable)[]> {
  const settled = (answer: Answer | StoreUnavailable | typeof MOVED): answer is Answer | StoreUnavailable =>
    answer !== MOVED
  if (answers.every(settled)) return answers
  const again = (i: number) => unlessUnavailable(() => ask(items[i] as Item))
  return allSettled(answers.map(async (answer, i) => (settled(answer) ? answer : again(i))))
}

/** The answers, undefined in place of errors. Rejects with an error where there is nothing else. */
export function answersAmong<Answer>(answers: readonly (Answer | StoreUnavailable)[]): readonly (Answer | undefined)[] {
  const known = answers.map((answer) => (answer instanceof StoreUnavailable ? undefined : answer))
  const [first] = answers
  if (first instanceof StoreUnavailable && known.every((answer) => answer === undefined)) throw first
  return known
}

async function unlessUnavailable<T>(ask: () => Promise<T>): Promise<T | StoreUnavailable> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof StoreUnavailable) return error
    throw error
  }
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
