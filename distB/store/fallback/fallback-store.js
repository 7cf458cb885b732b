import { noMeter } from '../../ports/meter.js';
import { StoreUnavailable, } from '../../ports/session-store.js';
import { weightOf } from '../../session/weight.js';
import { pageOf } from '../latest-first.js';
import { HeldSessions } from './held-sessions.js';
import { StoreHealth } from './store-health.js';
import { StoreRouter } from './store-router.js';
import { WriteBack } from './write-back.js';
/**
 * The shared store, and this replica's memory while it is away (G). A session that this replica knows is *held* from its
 * first use during an outage until everything of it has been written back; all calls for it are answered from memory until
 * then. One that it does not know is refused: the shared store may have it.
 */
export class FallbackStore {
    #options;
    #held;
    #health;
    #router;
    #writeBack;
    #listeners = new Set();
    #recall = null;
    #backend = 'redis';
    constructor(options) {
        const { shared, memory, owner, maxBytes, clock, log, meter = noMeter } = options;
        this.#options = options;
        const held = new HeldSessions(memory, maxBytes);
        const health = new StoreHealth({
            clock,
            log,
            probe: () => options.probe(),
            onAway: () => {
                meter.outages(1);
                this.#writeBack.storeAway();
                this.#tell('memory');
            },
            onBack: () => this.#writeBack.storeBack(),
        });
        const recall = () => this.#recall;
        this.#held = held;
        this.#health = health;
        this.#router = new StoreRouter({ shared, held, health, clock, recall });
        const onDone = () => this.#tell('redis');
        this.#writeBack = new WriteBack({ shared, held, health, owner, clock, log, meter, recall, onDone });
    }
    /** To be called once, before the first request. */
    remember(recall) {
        this.#recall = recall;
    }
    /** Calls `listener` when durability is lost or back. */
    onBackend(listener) {
        this.#listeners.add(listener);
    }
    get backend() {
        return this.#backend;
    }
    /** What is served from memory at the moment, and the bytes of the allowance that it takes. */
    get held() {
        return { sessions: this.#held.size, bytes: this.#held.bytes };
    }
    /**
     * A membership that goes on while the store is away: what could not be listed is listed on return (`Recall.returning`). A held
     * session stays listed: its answer may have ended here and still run in the store, and the others have to find it (F4).
     */
    wrapMembership(membership) {
        return {
            track: (sessionId) => this.#router.either(() => membership.track(sessionId), async () => { }),
            renew: () => this.#router.shared(() => membership.renew()),
            leave: () => membership.leave(),
            take: (sessionId, replica) => membership.take(sessionId, replica),
            untrack: (sessionId, replica) => this.#untrack(membership, sessionId, replica),
            members: () => this.#router.shared(() => membership.members()),
            liveness: (addresses) => this.#router.shared(() => membership.liveness(addresses)),
            connected: (addresses) => this.#router.shared(() => membership.connected(addresses)),
            sessionsOf: (replica) => this.#router.shared(() => membership.sessionsOf(replica)),
            remove: (replica) => this.#router.shared(() => membership.remove(replica)),
        };
    }
    create(session, watch) {
        return this.#router.either(() => this.#options.shared.create(session, watch), () => this.#held.create(session, watch));
    }
    open(request) {
        return this.#router.one(request.sessionId, (store) => store.open(request));
    }
    read(sessionId, after, watch = null) {
        return this.#router.one(sessionId, (store) => store.read(sessionId, after, watch));
    }
    find(sessionId, messageId) {
        return this.#router.one(sessionId, (store) => store.find(sessionId, messageId));
    }
    page(sessionId, before, limit, bytes) {
        return this.#router.one(sessionId, (store) => store.page(sessionId, before, limit, bytes));
    }
    async begin(request) {
        const bytes = weightOf(request.message) + weightOf(request.answer);
        const begun = await this.#router.one(request.sessionId, (store) => store.begin(request), bytes);
        const held = this.#held.get(request.sessionId);
        if (begun.kind === 'repeated' && held !== undefined) {
            // The repeat is acknowledged as not persisted, so its return brings the message, too: the store may have had it and lost it.
            held.dirty = true;
            held.base = { ...held.base, seq: Math.min(held.base.seq, begun.message.seq - 1) };
        }
        return begun;
    }
    sent(sessionId, userId, messageId) {
        return this.#router.one(sessionId, (store) => store.sent(sessionId, userId, messageId));
    }
    regenerate(request) {
        return this.#router.one(request.sessionId, (store) => store.regenerate(request), weightOf(request.answer));
    }
    nodeOf(sessionId) {
        return this.#options.shared.nodeOf(sessionId);
    }
    append(items) {
        return this.#router.append(items);
    }
    /** Needs no room: what it adds waits in this process already, and is let go there. */
    finish(request) {
        return this.#router.one(request.sessionId, (store) => store.finish(request), 0);
    }
    claim(request) {
        return this.#router.one(request.sessionId, (store) => store.claim(request));
    }
    restart(request) {
        return this.#router.one(request.sessionId, (store) => store.restart(request), 0);
    }
    keep(answers) {
        return this.#router.many(answers, ({ sessionId }) => sessionId, (store, some) => store.keep(some));
    }
    async unwatch(sessionId, watch) {
        await this.#router.shared(() => this.#options.shared.unwatch(sessionId, watch));
    }
    extend(sessionId) {
        return this.#router.one(sessionId, (store) => store.extend(sessionId));
    }
    /** A held session cannot be cleared: it would come back with what the shared store has of it. */
    async clear(sessionId) {
        if (this.#held.has(sessionId))
            throw new StoreUnavailable('the session is held in memory');
        return this.#router.shared(() => this.#options.shared.clear(sessionId));
    }
    remaining(sessionIds) {
        return this.#router.many(sessionIds, (id) => id, (store, some) => store.remaining(some));
    }
    sizeOf(sessionId) {
        return this.#router.one(sessionId, (store) => store.sizeOf(sessionId));
    }
    async sessionsOf(userId, page) {
        const { shared, memory } = this.#options;
        const there = await this.#router.shared(() => shared.sessionsOf(userId, page));
        if (this.#held.size === 0)
            return there;
        const here = await memory.sessionsOf(userId, page);
        const others = there.sessions.filter(({ id }) => !this.#held.has(id));
        const added = here.sessions.filter(({ id }) => this.#held.get(id)?.base.version === 0);
        return { sessions: pageOf([...here.sessions, ...others], page), total: there.total + added.length };
    }
    /** None while the shared store is away: it has them all. */
    trimSessionsOf(userId, most, but) {
        return this.#router.either(() => this.#options.shared.trimSessionsOf(userId, most, but), async () => []);
    }
    async close() {
        const { log, shared } = this.#options;
        await this.#writeBack.close();
        this.#health.close();
        if (this.#held.size > 0)
            log.error({ sessions: this.#held.size }, 'held sessions are lost');
        await shared.close();
    }
    async #untrack(membership, sessionId, replica) {
        if (replica !== this.#options.owner)
            return membership.untrack(sessionId, replica);
        const held = this.#held.get(sessionId);
        if (held === undefined)
            return membership.untrack(sessionId, replica);
        held.dirty = true; // its return untracks it
    }
    #tell(backend) {
        if (backend === this.#backend)
            return;
        this.#backend = backend;
        for (const listener of this.#listeners)
            listener(backend);
    }
}
//# sourceMappingURL=fallback-store.js.map