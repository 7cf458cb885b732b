import { Connection } from './connection.js';
import { NodeSubscriptions } from './subscriptions.js';
/**
 * Sharded channels of a Cluster: each is listened to at the master of its slot, over one connection per master that has
 * any. Whenever the map of slots was looked up, every channel is brought to where it belongs.
 *
 * ioredis can do this too (`shardedSubscribers`), but without a heartbeat, and what it fails to subscribe again it forgets.
 */
export class ClusterSubscriptions {
    #cluster;
    #connect;
    #log;
    /** By channel, the master that it is listened to at; null while none is known. */
    #homes = new Map();
    #posts = new Map();
    #listeners = new Set();
    #watchers = new Set();
    #closed = false;
    constructor(cluster, endpoint, name, log) {
        this.#cluster = cluster;
        this.#log = log;
        this.#connect = (master) => {
            const colon = master.lastIndexOf(':');
            const node = { ...endpoint.credentials, host: master.slice(0, colon), port: Number(master.slice(colon + 1)) };
            return Connection.toNode(node, `${name}@${master}`, log);
        };
        cluster.onRefresh(() => this.#rehome());
    }
    get ready() {
        return [...this.#posts.values()].every(({ connection }) => connection.ready);
    }
    get lastError() {
        return [...this.#posts.values()].find(({ connection }) => !connection.ready)?.connection.lastError;
    }
    onChange(listener) {
        this.#watchers.add(listener);
    }
    async add(channel) {
        this.#homes.set(channel, null);
        await this.#bring(channel);
    }
    async remove(channel) {
        const home = this.#homes.get(channel);
        this.#homes.delete(channel);
        if (typeof home === 'string')
            await this.#posts.get(home)?.subscriptions.remove(channel);
    }
    onMessage(listener) {
        this.#listeners.add(listener);
        for (const { subscriptions } of this.#posts.values())
            subscriptions.onMessage(listener);
    }
    async close() {
        this.#closed = true;
        await Promise.all([...this.#posts.values()].map(({ connection }) => connection.close()));
    }
    /** The map of slots may have changed. */
    #rehome() {
        if (this.#closed)
            return;
        for (const channel of this.#homes.keys())
            void this.#bring(channel);
        const masters = this.#cluster.masters();
        for (const [master, { connection, subscriptions }] of this.#posts) {
            if (masters.has(master)) {
                subscriptions.renew();
            }
            else {
                this.#posts.delete(master);
                void connection.close();
                this.#changed();
            }
        }
    }
    /** Brings a channel to the master of its slot, where it is not there yet. */
    async #bring(channel) {
        const home = this.#cluster.masterOf(channel);
        const before = this.#homes.get(channel);
        if (this.#closed || home === undefined || home === before)
            return;
        this.#homes.set(channel, home);
        if (typeof before === 'string')
            void this.#posts.get(before)?.subscriptions.remove(channel);
        const { connection, subscriptions } = this.#postAt(home);
        await connection.attempted;
        if (this.#homes.get(channel) === home)
            await subscriptions.add(channel);
    }
    #postAt(master) {
        const known = this.#posts.get(master);
        if (known !== undefined)
            return known;
        const connection = this.#connect(master);
        const post = {
            connection,
            subscriptions: new NodeSubscriptions(connection, this.#log, () => this.#cluster.refresh()),
        };
        for (const listener of this.#listeners)
            post.subscriptions.onMessage(listener);
        connection.onChange(() => this.#changed());
        this.#posts.set(master, post);
        return post;
    }
    #changed() {
        for (const watcher of this.#watchers)
            watcher();
    }
}
//# sourceMappingURL=cluster-subscriptions.js.map