import type { Redis } from 'ioredis'
import type { Message } from '../../../src/protocol/message.ts'
import { Keys } from '../../../src/store/redis/keys.ts'
import type { StoredState } from './history.ts'
import type { Person } from './person.ts'

const keys = new Keys()

/** A session as Redis holds it. */
export async function readSession(redis: Redis, id: string): Promise<StoredState> {
  const fields = await redis.hgetall(keys.session(id))
  const messages = Object.entries(fields)
    .filter(([name]) => name.startsWith('message:'))
    .map(([, json]) => JSON.parse(json) as Message)
  return { messages: messages.sort((a, b) => a.seq - b.seq), owner: await redis.hget(keys.answer(id), 'owner') }
}

/** Whether the person holds nothing but what is stored. */
export function holds(person: Person, stored: StoredState | undefined): boolean {
  const kept = new Map(stored?.messages.map((message) => [message.id, message]))
  return [...person.held.values()].every(({ id, content, status }) => {
    const message = kept.get(id)
    return message?.content === content && message.status === status
  })
}
