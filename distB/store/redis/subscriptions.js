import { isRedirection } from './nodes.js';
/** Those on one connection. */
export class NodeSubscriptions {
    #connection;
    #log;
    #onMoved;
    #wanted = new Set();
    #unconfirmed = new Set();
    #distrusted = false;
    /** `onMoved` is told when the node, one of a Cluster, no longer serves a channel. */
    constructor(connection, log, onMoved = () => { }) {
        this.#connection = connection;
        this.#log = log;
        this.#onMoved = onMoved;
        connection.onChange(() => {
            this.#distrusted = false;
            if (!connection.ready)
                this.#doubtAll();
            else
                this.renew();
        });
        // The node has ended a subscription, it does not say which: the channel's slot went elsewhere.
        connection.redis.on('moved', () => {
            this.#doubtAll();
            this.#onMoved();
        });
    }
    async add(channel) {
        this.#wanted.add(channel);
        this.#unconfirmed.add(channel);
        if (this.#connection.ready)
            await this.#subscribe(channel);
    }
    async remove(channel) {
        this.#wanted.delete(channel);
        this.#unconfirmed.delete(channel);
        if (!this.#connection.ready)
            return;
        await this.#connection.redis.sunsubscribe(channel).catch((error) => this.#failed(channel, error));
    }
    onMessage(listener) {
        this.#connection.redis.on('smessageBuffer', listener);
    }
    /** Asks again for what was not confirmed. */
    renew() {
        if (this.#connection.ready)
            for (const channel of this.#unconfirmed)
                void this.#subscribe(channel);
    }
    #doubtAll() {
        for (const channel of this.#wanted)
            this.#unconfirmed.add(channel);
    }
    async #subscribe(channel) {
        try {
            await this.#connection.redis.ssubscribe(channel);
            this.#unconfirmed.delete(channel);
        }
        catch (error) {
            this.#failed(channel, error);
        }
    }
    /** A connection on which this fails is not to be trusted: a new one subscribes to everything again. */
    #failed(channel, error) {
        if (isRedirection(error) || error.message.startsWith('CLUSTERDOWN '))
            return; // asked again with the next map
        if (!this.#connection.ready || this.#distrusted)
            return;
        this.#distrusted = true;
        this.#log.warn({ channel, reason: error.message }, 'a subscription failed');
        this.#connection.redis.disconnect(true);
    }
}
//# sourceMappingURL=subscriptions.js.map