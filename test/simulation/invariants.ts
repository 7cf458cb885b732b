import type { Message } from '../../src/protocol/message.ts'
import { isSame, type SessionRecord } from './records.ts'
import type { World } from './world.ts'

/** Nothing is left to be done: what runs on are the polls. */
export function hasSettled(world: World): boolean {
  const { clients, history, scheduler, plan } = world
  if (scheduler.now < plan.calmAt || !clients.every((client) => client.isDone)) return false
  for (const session of history.sessions.values()) if (session.running !== null) return false
  return leftovers(world).next().done === true
}

/** All clients hold what the store holds, as far as can be told at a glance. */
export function hasSpread(world: World): boolean {
  return world.clients.every((_, i) => isUpToDate(world, i))
}

/** The client holds every message of its session in its last state. */
function isUpToDate({ clients, plan, sessionIds, history }: World, i: number): boolean {
  const exchanges = history.sessions.get(sessionIds[plan.clients[i]?.session ?? -1] ?? '')?.exchanges
  const held = clients[i]?.page.messages ?? []
  if (held.length !== 2 * (exchanges?.size ?? 0)) return false // what else it holds, a sync is still to take away
  if (exchanges === undefined) return true
  const messageOf = (id: string) => held.find((message) => message.id === id)
  for (const [id, { message, answer }] of exchanges) {
    const [question, own] = [messageOf(id), messageOf(answer.id)]
    const final = answer.attempts.get(answer.attempt)?.final
    if (!question || !own || !final || !isSame(question, message) || !isSame(own, final)) return false
  }
  return true
}

/** What a run may not leave behind; lazily, as all but the end of a run only asks whether there is anything. */
function* leftovers({ replicas, membershipTable }: World): Generator<string> {
  for (const replica of replicas) {
    if (!replica.accepts) yield `${replica.address} has not started`
    if (!replica.isDurable) yield `${replica.address} still holds what is not stored`
    if (replica.answersRunning > 0) yield `${replica.address} still has an answer running`
  }
  for (const member of membershipTable.members) {
    if (!replicas.some((replica) => replica.address === member)) yield `${member} is dead and not removed`
    for (const [session, { taken }] of membershipTable.listOf(member)) {
      // Who lives and was taken for dead keeps an entry of what was taken from it after it had put it away.
      if (!taken && !membershipTable.excused.has(`${member} ${session}`))
        yield `${session} is still tracked for ${member}`
    }
  }
}

/** Checks what can only be judged at the end: that everything has ended, and that all tell the same. */
export async function checkEnd(world: World): Promise<void> {
  const { clients, history, plan, store } = world
  for (const client of clients) if (!client.isDone) history.violated('F4', `${client.name} waits for ever`)
  for (const session of history.sessions.values()) {
    if (session.running !== null) history.violated('F4', 'an answer never ends', session.running)
    const stored = (await store.read({ sessionId: session.id, after: 0 }))?.messages ?? []
    checkStored(world, session, stored)
    for (const [i, client] of clients.entries()) {
      if (world.sessionIds[plan.clients[i]?.session ?? -1] !== session.id) continue
      if (!holds(client.page.messages, stored))
        history.violated('D3', `${client.name} holds something else than the store`, [client.page.messages, stored])
    }
  }
  for (const { sessionId, messageId, by } of world.provisional) {
    if (by.life.state !== 'dead' && !history.session(sessionId).exchanges.has(messageId))
      history.violated('G2', `a message that ${by.address} held was never written back`, messageId)
  }
  for (const left of leftovers(world)) history.violated('F2', left)
}

/** [G6] The client holds what the store holds, and nothing else. */
function holds(held: readonly Message[], stored: readonly Message[]): boolean {
  return held.length === stored.length && stored.every((one, i) => held[i] && isSame(held[i], one))
}

/** The store's own view against the history of what was written to it. */
function checkStored({ history }: World, session: SessionRecord, stored: readonly Message[]): void {
  stored.forEach((message, i) => {
    if (message.seq !== i + 1) history.violated('M', `seq ${message.seq} at place ${i + 1}`, message)
    if (message.status === 'streaming') history.violated('F4', 'an answer is stored as streaming for ever', message)
  })
  for (const { message, answer } of session.exchanges.values()) {
    const final = answer.attempts.get(answer.attempt)?.final
    const [question, end] = stored.slice(message.seq - 1, answer.seq)
    if (question === undefined || !isSame(question, message)) history.violated('M1', 'a message was lost', message)
    if (!end || !final || !isSame(end, final))
      history.violated('D4', 'an answer is not stored as it ended', { end, final })
  }
  if (stored.length !== 2 * session.exchanges.size)
    history.violated('M2', 'the session has messages that nobody sent', stored)
}
