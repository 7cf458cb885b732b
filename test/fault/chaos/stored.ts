import type { Message } from '../../../src/protocol/message.ts'
import { Keys } from '../../../src/store/redis/keys.ts'
import type { RedisClient } from '../../../src/store/redis/nodes.ts'
import type { StoredState } from './history.ts'
import type { Participant } from './participant.ts'

const keys = new Keys()

/** A session as Redis holds it. */
export async function readSession(redis: RedisClient, id: string): Promise<StoredState> {
  const fields = await redis.hgetall(keys.session(id))
  const messages = Object.entries(fields)
    .filter(([name]) => name.startsWith('message:'))
    .map(([, json]) => JSON.parse(json) as Message)
  // Of a session that is gone parts may be left until their TTL ends.
  const owner = 'seq' in fields ? await redis.hget(keys.answer(id), 'owner') : null
  return { messages: messages.sort((a, b) => a.seq - b.seq), owner }
}

/** How what somebody is shown differs from what is stored, but for text that is still streaming; null where it does not. */
export function differenceOf({ held }: Participant, stored: StoredState | undefined): string | null {
  const shown = [...held.values()].map(lineOf)
  const kept = (stored?.messages ?? []).map(lineOf)
  const at = Array.from({ length: Math.max(shown.length, kept.length) }).findIndex((_, i) => shown[i] !== kept[i])
  return at < 0 ? null : `shown ${shown[at] ?? 'nothing'} where there is ${kept[at] ?? 'nothing'}`
}

function lineOf({ id, seq, role, status, attempt, content }: Message): string {
  const text = status === 'streaming' ? '' : ` ${content.length} ${JSON.stringify(content.slice(-30).toWellFormed())}`
  return `${seq} ${role} ${id} ${status} ${attempt}${text}`
}
