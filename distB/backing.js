import { noBus } from './ports/bus.js';
import { systemClock } from './ports/clock.js';
import { noMembership } from './ports/membership.js';
import { FallbackStore } from './store/fallback/fallback-store.js';
import { MemorySessionStore } from './store/memory/memory-store.js';
import { MemoryQuotaLedger } from './store/memory/quota-ledger.js';
import { memoryRateLimiter } from './store/memory/rate-limiter.js';
import { memoryTokenBudget } from './store/memory/token-budget.js';
import { RedisBus } from './store/redis/bus.js';
import { connectRedis } from './store/redis/connect.js';
import { RedisMembership } from './store/redis/membership.js';
import { RedisQuotaLedger } from './store/redis/quota-ledger.js';
import { redisRateLimiter } from './store/redis/rate-limiter.js';
import { RedisSessionStore } from './store/redis/redis-store.js';
import { RedisTokenBudget } from './store/redis/token-budget.js';
/** Connects what the settings name. Rejects where that cannot be; `releases` gets what has to be let go. */
export async function createBacking(settings, address, log, meter, releases) {
    const backing = settings.STORE === 'memory' ? inMemory(settings, log) : await inRedis(settings, address, log, meter, releases);
    releases.add(() => backing.store.close());
    releases.add(() => backing.bus.close());
    return backing;
}
/** Whether a session's user is who it is said to be (X3). */
function knowsUsers({ AUTH, TRUST_USER_ID }) {
    return AUTH === 'jwt' || TRUST_USER_ID;
}
function inMemory(settings, log) {
    log.warn({}, 'STORE=memory: one replica, and every session is lost when it exits');
    const store = new MemorySessionStore({
        ttlSeconds: settings.SESSION_TTL,
        maxMessages: settings.SESSION_MAX_MESSAGES,
        indexUsers: knowsUsers(settings),
        clock: systemClock,
    });
    return {
        store,
        bus: noBus,
        membership: noMembership,
        adapterClients: null,
        limiter: (_name, points) => memoryRateLimiter({ points }),
        budget: (limit) => memoryTokenBudget(limit, systemClock),
        ledger: () => new MemoryQuotaLedger(),
        fallback: null,
        readings: {},
        onBusAgain: () => { },
    };
}
async function inRedis(settings, address, log, meter, releases) {
    const connections = await connectRedis(settings, log);
    releases.add(() => connections.close());
    const limits = {
        ttlSeconds: settings.SESSION_TTL,
        maxMessages: settings.SESSION_MAX_MESSAGES,
        indexUsers: knowsUsers(settings),
    };
    const bus = new RedisBus(connections, { address, log, meter });
    await bus.start();
    const membership = new RedisMembership(connections, { address, leaseMs: settings.LEASE_MS, log, meter });
    await membership.start();
    const shared = new RedisSessionStore(connections, { ...limits, log, meter });
    const store = new FallbackStore({
        shared,
        // Nothing that has to be brought back may be trimmed: FALLBACK_MAX_BYTES is its bound.
        memory: new MemorySessionStore({ ...limits, maxMessages: Number.MAX_SAFE_INTEGER, clock: systemClock }),
        owner: address,
        maxBytes: settings.FALLBACK_MAX_BYTES,
        clock: systemClock,
        log,
        meter,
        probe: async () => {
            await membership.renew();
            await shared.entitled();
        },
    });
    return {
        store,
        bus,
        membership: store.wrapMembership(membership),
        adapterClients: connections.adapter,
        limiter: (name, points) => redisRateLimiter(connections, { name, points }),
        budget: (limit) => new RedisTokenBudget(connections, { limit, clock: systemClock, log }),
        ledger: () => new RedisQuotaLedger(connections, meter),
        fallback: store,
        readings: {
            redisUp: () => (connections.state() === 'ready' && store.backend === 'redis' ? 1 : 0),
            memoryMode: () => (store.backend === 'memory' ? 1 : 0),
            heldSessions: () => store.held.sessions,
            heldBytes: () => store.held.bytes,
            heldMaxBytes: () => settings.FALLBACK_MAX_BYTES,
        },
        onBusAgain: (listener) => void connections.onState((state) => state === 'ready' && listener()),
    };
}
//# sourceMappingURL=backing.js.map