import calculateSlot from 'cluster-key-slot';
import { Cluster } from 'ioredis';
import { onHeartbeat } from './heartbeat.js';
import { LinkState } from './link.js';
import { outliveSecondError, retryDelay, SOCKET_OPTIONS } from './options.js';
/** Least milliseconds between two looks at the Cluster's map that were asked for. */
const REFRESH_MS = 50;
/** Milliseconds between two questions to a node whether it serves yet. */
const EXAMINE_MS = 100;
/** Each chosen on purpose, like those of a single connection. */
const OPTIONS = {
    // While a node is away what is for it fails at once. ioredis still holds what is for a node that it has just met,
    // for as long as connecting to it takes, and not beyond the command timeout.
    enableOfflineQueue: false,
    clusterRetryStrategy: retryDelay,
    // ioredis would send what was under way when a connection broke again by itself, to any node: applied twice perhaps.
    retryDelayOnFailover: 0,
    // The Cluster has lost a part of itself: for the callers that is an outage like any other.
    retryDelayOnClusterDown: 0,
    // MOVED, ASK and TRYAGAIN say that nothing was applied, and are followed; a slot on its way answers TRYAGAIN to
    // scripts for a few milliseconds. The command timeout bounds that too.
    retryDelayOnTryAgain: 20,
    maxRedirections: 64,
    // A map that nobody's command has shown to be old: a subscriber's node that was demoted in good order says nothing.
    slotsRefreshInterval: 1000,
    slotsRefreshTimeout: 500,
    // Names stay names: a certificate is for them and not for the address.
    dnsLookup: (name, done) => done(null, name),
    // Batches of several slots are grouped by `Nodes` instead; ioredis's own fail while a slot moves (issue 2075).
    enableAutoPipelining: false,
};
/**
 * The connections to a Cluster's masters, one each; usable while all of them stand. The map of slots is looked up again
 * at every sign that it is old, until every master in it is connected.
 */
export class ClusterConnection {
    redis;
    #state;
    #endHeartbeat;
    #refreshed = new Set();
    /** Connected nodes that have said that they serve. */
    #serving = new WeakSet();
    #nodes = new Map();
    #refreshing = null;
    #closed = false;
    constructor({ nodes, credentials }, name, log) {
        this.#state = new LinkState(name, log);
        this.redis = new Cluster([...nodes], {
            ...OPTIONS,
            redisOptions: { ...SOCKET_OPTIONS, ...credentials, connectionName: `baton-${name}` },
        });
        const look = () => this.#look();
        this.redis.on('error', (error) => this.#state.failed(error.lastNodeError ?? error));
        this.redis.on('node error', (error) => this.#state.failed(error));
        this.redis.on('+node', (node) => {
            outliveSecondError(node);
            node.on('ready', () => void this.#examine(node));
            node.on('close', () => {
                this.#serving.delete(node);
                look();
            });
        });
        for (const event of ['ready', 'close', '-node'])
            this.redis.on(event, look);
        this.redis.on('refresh', () => {
            look();
            for (const listener of this.#refreshed)
                listener();
        });
        this.#endHeartbeat = onHeartbeat(() => {
            for (const node of this.#masters())
                if (node?.status === 'ready')
                    node.ping().catch(() => { });
        });
    }
    get ready() {
        return this.#state.ready;
    }
    get lastError() {
        return this.#state.lastError;
    }
    onChange(listener) {
        this.#state.onChange(listener);
    }
    /** Calls `listener` whenever the map of slots was looked up, changed or not. */
    onRefresh(listener) {
        this.#refreshed.add(listener);
    }
    of(key) {
        const name = this.masterOf(key);
        const node = name === undefined ? undefined : this.#nodes.get(name);
        if (this.#isFit(node))
            return node;
        this.refresh();
        throw new Error(`no connection to ${name ?? 'any node'}, which serves the key`);
    }
    all() {
        return this.#masters().filter((node) => node !== undefined);
    }
    nameOf(key) {
        return this.masterOf(key) ?? '';
    }
    /** `host:port` of the master that serves the key's slot; undefined while the map has none. */
    masterOf(key) {
        return this.redis.slots[calculateSlot(key)]?.[0];
    }
    /** `host:port` of every master that serves a slot. */
    masters() {
        return new Set(this.redis.slots.flatMap(([master]) => master ?? []));
    }
    refresh() {
        if (this.#closed)
            return;
        this.#refreshing ??= setTimeout(() => {
            this.#refreshing = null;
            if (this.redis.status === 'ready')
                this.redis.refreshSlotsCache();
        }, REFRESH_MS).unref();
    }
    async close() {
        this.#closed = true;
        this.#state.close();
        this.#endHeartbeat();
        if (this.#refreshing !== null)
            clearTimeout(this.#refreshing);
        if (this.redis.status === 'ready')
            await this.redis.quit().catch(() => { });
        this.redis.disconnect();
    }
    #masters() {
        return [...this.masters()].map((name) => this.#nodes.get(name));
    }
    #isFit(node) {
        return node?.status === 'ready' && this.#serving.has(node);
    }
    /** Asks a node with a new connection until it serves: it may still be reading its data, or coming back to the others. */
    async #examine(node) {
        const { stream } = node;
        while (node.stream === stream && node.status === 'ready') {
            const says = await node.cluster('INFO').catch((error) => this.#state.failed(error));
            if (/^cluster_state:ok/m.test(String(says))) {
                this.#serving.add(node);
                return this.#look();
            }
            await new Promise((resolve) => setTimeout(resolve, EXAMINE_MS).unref());
        }
    }
    /** Finds out whether every master can be used; connects to those that were not needed before. */
    #look() {
        if (this.#closed)
            return;
        this.#nodes = new Map(this.redis.nodes().map((node) => [`${node.options.host}:${node.options.port}`, node]));
        const masters = this.redis.status === 'ready' ? this.#masters() : [];
        for (const node of masters)
            if (node?.status === 'wait')
                node.connect().catch(() => { }); // told by its error event
        const ready = masters.length > 0 && masters.every((node) => this.#isFit(node));
        this.#state.turn(ready);
        if (!ready)
            this.refresh();
    }
}
//# sourceMappingURL=cluster-connection.js.map