import { noMeter } from '../../ports/meter.js';
import { LEAST_MESSAGES, StoreFault, } from '../../ports/session-store.js';
import { latestFirst } from '../latest-first.js';
import { encodeMessage } from '../message-json.js';
import { available, isDenied } from './available.js';
import { Batches } from './batches.js';
import { Replication } from './replication.js';
import { claimedOf, messagesOf, repeatedOf, runningOf, sessionOf, snapshotOf, startedOf, } from './replies.js';
import { beginArguments, reconcileArguments, regenerateArguments, watchArguments } from './requests.js';
import { Scripts } from './scripts.js';
import { UserIndex } from './user-index.js';
/** Sessions in Redis, laid out as `keys.ts` says; every operation is one script of `commands/`. */
export class RedisSessionStore {
    backend = 'redis';
    #redis;
    #nodes;
    #keys;
    #batches;
    #replication;
    #scripts;
    #index;
    #tryRights;
    #log;
    #ttl;
    #maxMessages;
    /** A call was refused for want of a right, and they have not all been seen since. */
    #denied = false;
    /** When `keep` last refreshed the users' indices: they live longer than it takes until it does so again. */
    #indexedAt = Number.NEGATIVE_INFINITY;
    constructor(connections, options) {
        this.#redis = connections.commands;
        this.#nodes = connections.nodes;
        this.#keys = connections.keys;
        this.#replication = connections.replicas && new Replication(connections.replicas, this.#keys, options.ttlSeconds);
        this.#scripts = new Scripts(this.#redis, options.meter ?? noMeter);
        this.#batches = new Batches(connections, this.#scripts, options.ttlSeconds);
        const indexUsers = options.indexUsers ?? true;
        this.#index = indexUsers ? new UserIndex(connections, this.#scripts, options.ttlSeconds, options.log) : null;
        this.#tryRights = connections.tryRights;
        this.#log = options.log;
        this.#ttl = options.ttlSeconds;
        this.#maxMessages = options.maxMessages;
    }
    async create(session, watch) {
        const { id, userId, createdAt } = session;
        const entered = userId === null ? null : this.#index && available(this.#index.enter(userId, id, createdAt));
        const args = [this.#ttl, userId ?? '', createdAt, ...watchArguments(watch)];
        const [fields] = await Promise.all([this.#run('create', this.#keys.ofSession(id), args), entered]);
        if (userId !== null)
            this.#index?.sweep(userId);
        return sessionOf(id, fields, this.#ttl);
    }
    async open(request) {
        const { sessionId, userId, watch, knownVersion, window } = request;
        const [watcher, watchId] = watchArguments(watch);
        const wanted = [window?.after ?? 0, LEAST_MESSAGES, window?.bytes ?? ''];
        const args = [this.#ttl, userId ?? '', watcher, knownVersion ?? '', watchId, ...wanted];
        const reply = await this.#run('open', this.#keys.ofSession(sessionId), args);
        if (reply === null)
            return null;
        const [fields, messages, slot] = reply;
        return snapshotOf(this.#touched(sessionId, fields), messages, slot);
    }
    async read(sessionId, after, watch = null) {
        const reply = await this.#read(sessionId, [after + 1, '', '', '', 1], watch);
        if (reply === null)
            return null;
        const [fields, messages, slot, ttlMs] = reply;
        return snapshotOf(sessionOf(sessionId, fields, seconds(ttlMs)), messages, slot);
    }
    async find(sessionId, messageId) {
        const reply = await this.#owned('find', sessionId, [messageId]);
        if (reply === null)
            return null;
        const [fields, messages, slot, ttlMs] = reply;
        return snapshotOf(sessionOf(sessionId, fields, seconds(ttlMs)), messages, slot);
    }
    async page(sessionId, before, limit, bytes) {
        const reply = await this.#read(sessionId, [1, before - 1, limit, bytes, 0]);
        if (reply === null)
            return null;
        const [fields, messages, , ttlMs] = reply;
        return { session: sessionOf(sessionId, fields, seconds(ttlMs)), messages: messagesOf(messages) };
    }
    async begin(request) {
        const { sessionId } = request;
        const args = beginArguments(request, this.#ttl, this.#maxMessages);
        const reply = await this.#run('begin', this.#keys.ofSession(sessionId), args);
        switch (reply[0]) {
            case 'started':
                return this.#replicated(request, this.#started(sessionId, reply));
            case 'repeated':
                return this.#replicated(request, repeatedOf(reply));
            case 'busy':
                return { kind: 'busy', running: runningOf(reply[1]) };
            default:
                return { kind: reply[0] };
        }
    }
    async sent(sessionId, userId, messageId) {
        const args = [userId ?? '', messageId];
        const reply = await this.#run('sent', this.#keys.ofSession(sessionId), args);
        return reply[0] === 'repeated' ? repeatedOf(reply) : { kind: reply[0] };
    }
    async regenerate(request) {
        const { sessionId } = request;
        const args = regenerateArguments(request, this.#ttl);
        const reply = await this.#run('regenerate', this.#keys.ofSession(sessionId), args);
        switch (reply[0]) {
            case 'started':
                return this.#started(sessionId, reply);
            case 'busy':
                return { kind: 'busy', running: runningOf(reply[1]) };
            default:
                return { kind: reply[0] };
        }
    }
    nodeOf(sessionId) {
        return this.#nodes.nameOf(this.#keys.session(sessionId));
    }
    append(items) {
        return this.#noticing(this.#batches.append(items));
    }
    async finish(request) {
        const { sessionId, epoch, message, at } = request;
        const args = [this.#ttl, epoch, message.seq, encodeMessage(message), at];
        const reply = await this.#owned('finish', sessionId, args);
        if (reply === null)
            return { kind: 'fenced' };
        const [fields, watchers] = reply;
        const { version, lastActivity } = this.#touched(sessionId, fields);
        return { kind: 'finished', version, lastActivity, watchers };
    }
    async claim({ sessionId, epoch, owner, isHandedOver }) {
        const args = [this.#ttl, epoch, owner, isHandedOver ? 1 : ''];
        const reply = await this.#owned('claim', sessionId, args);
        if (reply === null)
            return { kind: 'fenced' };
        const [fields, slot, message, watchers] = reply;
        const { lastActivity } = this.#touched(sessionId, fields);
        const running = runningOf(slot);
        return { kind: 'claimed', running, message: claimedOf(message, running, lastActivity), watchers };
    }
    async restart(request) {
        const { sessionId, epoch, message } = request;
        const args = [this.#ttl, epoch, message.seq, encodeMessage(message), message.attempt];
        const reply = await this.#owned('restart', sessionId, args);
        return reply === null ? { kind: 'fenced' } : { kind: 'restarted', epoch: reply[0], watchers: reply[1] };
    }
    async reconcile(request) {
        const { id } = request.session;
        const args = reconcileArguments(request, this.#ttl, this.#maxMessages);
        const reply = await this.#run('reconcile', this.#keys.ofSession(id), args);
        switch (reply[0]) {
            case 'busy':
                return { kind: 'busy', running: runningOf(reply[1]) };
            case 'behind':
                return { kind: 'behind', lastSeq: reply[1] };
            case 'reconciled': {
                const [kind, fields, messages, slot, watchers] = reply;
                return { kind, snapshot: snapshotOf(this.#touched(id, fields), messages, slot), watchers };
            }
        }
    }
    async keep(answers) {
        const kept = await this.#noticing(this.#batches.keep(answers));
        const now = performance.now();
        const reindex = now - this.#indexedAt >= (this.#ttl * 1000) / 2;
        if (reindex)
            this.#indexedAt = now;
        return answers.map(({ sessionId }, i) => {
            const answer = kept[i] ?? null;
            if (answer === null)
                return null;
            const [watchers, userId, lastActivity] = answer;
            if (reindex)
                this.#index?.touch(userId === '' ? null : userId, sessionId, lastActivity);
            return watchers;
        });
    }
    async unwatch(sessionId, { watcher, id }) {
        const [, , , watchers] = this.#keys.ofSession(sessionId);
        await this.#run('unwatch', [watchers], [watcher, id ?? '']);
    }
    async extend(sessionId) {
        const fields = await this.#run('extend', this.#keys.ofSession(sessionId), [this.#ttl]);
        return fields && this.#touched(sessionId, fields).ttlSeconds;
    }
    async clear(sessionId) {
        const fields = await this.#run('clear', this.#keys.ofSession(sessionId), []);
        if (fields === null)
            return false;
        this.#index?.leave(sessionOf(sessionId, fields, 0).userId, sessionId);
        return true;
    }
    remaining(sessionIds) {
        return this.#batches.remaining(sessionIds);
    }
    sizeOf(sessionId) {
        return this.#run('size', this.#keys.ofSession(sessionId), []);
    }
    async sessionsOf(userId, { before, limit }) {
        if (this.#index === null)
            return { sessions: [], total: 0 };
        await available(this.#index.sweepExpired(userId));
        const sessions = [];
        const dead = [];
        let until = before === null ? null : Date.parse(before);
        for (let wanted = limit; wanted > 0; wanted = limit - sessions.length) {
            const entries = await available(this.#index.page(userId, until, wanted));
            const found = await Promise.all(entries.map(({ sessionId }) => this.#infoOf(sessionId)));
            sessions.push(...found.filter((session) => session !== null));
            dead.push(...entries.filter((_, i) => found[i] === null));
            until = entries.at(-1)?.lastActivity ?? null;
            if (entries.length < wanted)
                break;
        }
        await available(this.#index.drop(userId, dead));
        return { sessions: sessions.sort(latestFirst), total: await available(this.#index.count(userId)) };
    }
    async trimSessionsOf(userId, most, but) {
        return this.#index === null ? [] : available(this.#index.trimSessionsOf(userId, most, but));
    }
    /**
     * Rejects while Redis still denies a right that a call needed (G7): that some other write succeeds does
     * not make it usable again.
     */
    async entitled() {
        if (!this.#denied)
            return;
        await this.#tryRights();
        this.#denied = false;
    }
    /** The connections belong to the caller that made them. */
    async close() { }
    /** Says of what was begun whether enough of Redis's replicas have it too. */
    async #replicated({ sessionId, message }, begun) {
        if (this.#replication === null)
            return begun;
        return { ...begun, persisted: await this.#replication.reached(sessionId, message.id) };
    }
    async #infoOf(sessionId) {
        const reply = await this.#read(sessionId, [1, 0, '', '', 0]);
        return reply && sessionOf(sessionId, reply[0], seconds(reply[3]));
    }
    #started(sessionId, reply) {
        const started = startedOf(sessionId, reply, this.#ttl);
        this.#index?.touch(started.session.userId, sessionId, started.session.lastActivity);
        return started;
    }
    /** A session whose TTL a script has just refreshed. */
    #touched(sessionId, fields) {
        const session = sessionOf(sessionId, fields, this.#ttl);
        this.#index?.touch(session.userId, sessionId, session.lastActivity);
        return session;
    }
    /** Null where there is no session that can be read. */
    #read(sessionId, args, watch = null) {
        return this.#owned('read', sessionId, [...args, ...watchArguments(watch)]);
    }
    /** Null as well where what Redis holds of the session is no session's: nobody owns an answer in that. */
    async #owned(name, sessionId, args) {
        try {
            return await this.#run(name, this.#keys.ofSession(sessionId), args);
        }
        catch (error) {
            if (!(error instanceof StoreFault))
                throw error;
            this.#log.error({ session: sessionId, operation: name, reason: error.message }, 'a session in Redis is broken');
            return null;
        }
    }
    async #noticing(call) {
        try {
            return await call;
        }
        catch (error) {
            const { cause } = error;
            if (!this.#denied && isDenied(cause)) {
                this.#denied = true;
                this.#log.error({ reason: cause.message }, 'Redis refuses what this replica needs to do');
            }
            throw error;
        }
    }
    async #run(name, keys, args) {
        return (await this.#noticing(available(this.#scripts.run(name, keys, args))));
    }
}
function seconds(ms) {
    return Math.max(0, Math.ceil(ms / 1000));
}
//# sourceMappingURL=redis-store.js.map