import { LAPSE_MS } from '../quotas.js';
import { available } from './available.js';
import { Scripts } from './scripts.js';
/** Counts over all replicas, a script for each call; rejects while Redis is away. */
export class RedisQuotaLedger {
    #commands;
    #scripts;
    #keys;
    constructor({ commands, keys }, meter) {
        this.#commands = commands;
        this.#scripts = new Scripts(commands, meter);
        this.#keys = keys;
    }
    async take(subject, { messages, sessions, answer }, quota, now) {
        const taken = [now, LAPSE_MS, messages, sessions, answer?.sessionId ?? '', answer?.key ?? '', answer?.group ?? ''];
        const most = [quota.messages, quota.sessions, quota.tokens, quota.answers];
        return (await available(this.#scripts.run('take', this.#keysOf(subject), [...taken, ...most])));
    }
    async release(subject, { messages, sessions, tokens, answer }) {
        const given = [messages, sessions, tokens, answer?.sessionId ?? '', answer?.key ?? ''];
        await available(this.#scripts.run('release', this.#keysOf(subject), given));
    }
    async groupOf({ name }, { sessionId, key }) {
        const stored = await available(this.#commands.hget(this.#keys.atOnce(name), sessionId));
        const answers = JSON.parse(stored ?? '{}');
        return answers[key]?.[1] ?? null;
    }
    #keysOf({ name, day }) {
        return [this.#keys.used(name, day), this.#keys.atOnce(name)];
    }
}
//# sourceMappingURL=quota-ledger.js.map