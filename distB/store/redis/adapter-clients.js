/*
 * What `createShardedAdapter` is given in place of ioredis clients: exactly the methods that it calls on them. It awaits
 * few of them, so on a bare client a Redis outage ends the process as an unhandled rejection, and a room that is joined
 * during the outage is never subscribed to. Here nothing rejects, and subscriptions are made up for.
 */
/** Publishes for the adapter. While Redis is away this replica's sockets are all that it reaches. */
export class AdapterPublisher {
    #redis;
    #nodes;
    #log;
    constructor(redis, nodes, log) {
        this.#redis = redis;
        this.#nodes = nodes;
        this.#log = log;
    }
    async spublish(channel, payload) {
        try {
            await this.#redis.spublish(channel, payload);
        }
        catch (error) {
            this.#log.debug({ channel, reason: error.message }, 'the adapter could not publish');
        }
    }
    /** The adapter's only command is `PUBSUB SHARDNUMSUB <channel>`: how many replicas there are. */
    send_command(name, args, done) {
        this.#ask(name, args).then((reply) => done(null, reply), () => done(null, [args[1], 1]));
    }
    /** Only the master of a channel's slot knows its subscribers. */
    async #ask(name, args) {
        return this.#nodes.of(args[1]).call(name, ...args);
    }
}
/** Subscribes for the adapter. */
export class AdapterSubscriber {
    #subscriptions;
    #log;
    constructor(subscriptions, log) {
        this.#subscriptions = subscriptions;
        this.#log = log;
    }
    /** What the adapter cannot read throws out of it, and would end the process (X6). */
    on(_event, listener) {
        this.#subscriptions.onMessage((channel, message) => {
            try {
                listener(channel, message);
            }
            catch (error) {
                this.#log.warn({ reason: error.message }, 'what another replica published is malformed');
            }
        });
    }
    ssubscribe(channel) {
        return this.#subscriptions.add(channel);
    }
    sunsubscribe(channel) {
        return this.#subscriptions.remove(channel);
    }
}
//# sourceMappingURL=adapter-clients.js.map