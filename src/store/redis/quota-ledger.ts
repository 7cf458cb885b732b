import type { Meter } from '../../ports/meter.ts'
import type { Quota } from '../../ports/quotas.ts'
import { type AnswerKey, LAPSE_MS, type Ledger, type Release, type Subject, type Taking } from '../quotas.ts'
import { available } from './available.ts'
import type { RedisConnections } from './connect.ts'
import type { Keys } from './keys.ts'
import { Scripts } from './scripts.ts'

/** Counts over all replicas, a script for each call; rejects while Redis is away. */
export class RedisQuotaLedger implements Ledger {
  readonly #commands: RedisConnections['commands']
  readonly #scripts: Scripts
  readonly #keys: Keys

  constructor(connections: Pick<RedisConnections, 'commands' | 'nodes' | 'keys'>, meter: Meter) {
    this.#commands = connections.commands
    this.#scripts = new Scripts(connections, meter)
    this.#keys = connections.keys
  }

  async take(
    subject: Subject,
    { messages, sessions, answer }: Taking,
    quota: Quota,
    now: number,
  ): Promise<keyof Quota | null> {
    const taken = [now, LAPSE_MS, messages, sessions, answer?.sessionId ?? '', answer?.key ?? '', answer?.group ?? '']
    const most = [quota.messages, quota.sessions, quota.tokens, quota.answers]
    return (await available(this.#scripts.run('quota-take', this.#keysOf(subject), [...taken, ...most]))) as
      | keyof Quota
      | null
  }

  async release(subject: Subject, { messages, sessions, tokens, answer }: Release): Promise<void> {
    const given = [messages, sessions, tokens, answer?.sessionId ?? '', answer?.key ?? '']
    await available(this.#scripts.run('quota-give-back', this.#keysOf(subject), given))
  }

  async groupOf({ name }: Subject, { sessionId, key }: AnswerKey): Promise<string | null> {
    const stored = await available(this.#commands.hget(this.#keys.atOnce(name), sessionId))
    const answers = JSON.parse(stored ?? '{}') as Record<string, [until: number, group: string]>
    return answers[key]?.[1] ?? null
  }

  #keysOf({ name, day }: Subject): readonly string[] {
    return [this.#keys.used(name, day), this.#keys.atOnce(name)]
  }
}
