import { AdapterPublisher, AdapterSubscriber } from './adapter-clients.js';
import { ClusterConnection } from './cluster-connection.js';
import { ClusterSubscriptions } from './cluster-subscriptions.js';
import { Connection } from './connection.js';
import { endpointOf } from './endpoint.js';
import { Keys } from './keys.js';
import { tryRights } from './rights.js';
import { NodeSubscriptions } from './subscriptions.js';
import { RedisUnusable } from './unusable.js';
/** Milliseconds between two looks at a connection that is being made. */
const LOOK_MS = 20;
/**
 * Connects to the Redis of the settings, one node, a Sentinel group's master, or a Cluster, and checks it. Rejects with
 * `RedisUnusable` where it does not answer within `waitMs` milliseconds, is not fit for use (`checkFitness`), or keeps a
 * right back that Baton needs (`tryRights`, G7). From then on the connections mend themselves.
 */
export async function connectRedis(settings, log, waitMs = 10_000) {
    const endpoint = endpointOf(settings);
    const wanted = settings.REDIS_WAIT ?? 0;
    const keys = new Keys(settings.KEY_PREFIX);
    const rights = () => tryRights(commands, { ...endpoint, keys, waits: wanted > 0 });
    const { commands, wait, bus, adapter, links } = endpoint.kind === 'cluster' ? clusterParts(endpoint, wanted > 0, log) : nodeParts(endpoint, wanted > 0, log);
    const close = async () => {
        await Promise.all(links.map((link) => link.close()));
    };
    try {
        await Promise.all(links.map((link) => untilReady(link, endpoint, waitMs)));
        await rights();
    }
    catch (error) {
        await close();
        throw error;
    }
    const state = () => (links.every((link) => link.ready) ? 'ready' : 'away');
    const listeners = new Set();
    let told = state();
    for (const link of links) {
        link.onChange(() => {
            const now = state();
            if (now === told)
                return;
            told = now;
            for (const listener of listeners)
                listener(now);
        });
    }
    return {
        commands: commands.redis,
        nodes: commands,
        keys,
        replicas: wait && { nodes: wait, wanted },
        bus,
        tryRights: rights,
        adapter: {
            publisher: new AdapterPublisher(commands.redis, commands, log),
            subscriber: new AdapterSubscriber(adapter, log),
            channelPrefix: keys.adapter,
        },
        state,
        onState(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
        close,
    };
}
function nodeParts(endpoint, waits, log) {
    const commands = Connection.to(endpoint, 'commands', log);
    const bus = Connection.to(endpoint, 'bus', log);
    const adapter = Connection.to(endpoint, 'adapter', log);
    const wait = waits ? Connection.to(endpoint, 'wait', log) : null;
    return {
        commands,
        wait,
        bus: new NodeSubscriptions(bus, log),
        adapter: new NodeSubscriptions(adapter, log),
        links: [commands, bus, adapter, ...(wait === null ? [] : [wait])],
    };
}
function clusterParts(endpoint, waits, log) {
    const commands = new ClusterConnection(endpoint, 'commands', log);
    const wait = waits ? new ClusterConnection(endpoint, 'wait', log) : null;
    const bus = new ClusterSubscriptions(commands, endpoint, 'bus', log);
    const adapter = new ClusterSubscriptions(commands, endpoint, 'adapter', log);
    return { commands, wait, bus, adapter, links: [commands, bus, adapter, ...(wait === null ? [] : [wait])] };
}
/** Polls: this happens once, at start. */
async function untilReady(link, { name, kind }, waitMs) {
    const deadline = performance.now() + waitMs;
    while (!link.ready) {
        const { lastError } = link;
        if (lastError instanceof RedisUnusable)
            throw lastError;
        if (/^(NOAUTH|WRONGPASS|NOPERM) /.test(lastError?.message ?? '')) {
            throw new RedisUnusable(`${name} lets nobody in so (${lastError?.message}): REDIS_URL carries the user and the password`);
        }
        if (performance.now() >= deadline) {
            const reason = lastError === undefined ? '' : ` (${lastError.message})`;
            const question = kind === 'sentinel' ? 'are REDIS_SENTINELS and REDIS_MASTER right?' : 'is it running, and is REDIS_URL right?';
            throw new RedisUnusable(`${name} did not answer within ${waitMs / 1000} s${reason}: ${question}`);
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
}
//# sourceMappingURL=connect.js.map