import { Redis } from 'ioredis';
import { checkFitness } from './fitness.js';
import { onHeartbeat } from './heartbeat.js';
import { LinkState } from './link.js';
import { outliveSecondError, retryDelay, SOCKET_OPTIONS } from './options.js';
/** Milliseconds until a node that was not fit for use is looked at again. */
const UNFIT_MS = 500;
const OPTIONS = {
    ...SOCKET_OPTIONS,
    lazyConnect: true,
    // While Redis is away a command fails at once: the callers decide what to hold, within bounds, and what to refuse.
    enableOfflineQueue: false,
    retryStrategy: retryDelay,
    sentinelRetryStrategy: retryDelay,
    // After a failover the one that answers may be a mere copy: connecting again finds the one that takes writes.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
};
/**
 * One connection to Redis, or to the present master of a Sentinel group, that mends itself; usable while it stands and the
 * node is fit for use. A heartbeat notices a
 * connection that died without a word, also one that only listens.
 */
export class Connection {
    redis;
    /** Resolves once the first attempt to connect has succeeded or failed. */
    attempted;
    #state;
    #endHeartbeat;
    constructor(redis, kind, place, name, log) {
        this.redis = redis;
        this.#state = new LinkState(name, log);
        const attempted = Promise.withResolvers();
        this.attempted = attempted.promise;
        outliveSecondError(redis);
        redis.on('error', (error) => this.#state.failed(error));
        redis.on('ready', () => void this.#examine(kind, place).then(attempted.resolve));
        redis.on('close', () => {
            attempted.resolve();
            this.#state.turn(false);
        });
        this.#endHeartbeat = onHeartbeat(() => {
            if (this.ready)
                redis.ping().catch(() => { });
        });
        redis.connect().catch(() => { }); // told by the error event
    }
    static to(endpoint, name, log) {
        const options = { ...OPTIONS, connectionName: `baton-${name}` };
        const { kind, credentials } = endpoint;
        const redis = kind === 'node'
            ? new Redis(endpoint.url, { ...options, ...credentials })
            : new Redis({ ...options, ...credentials, ...endpoint.options });
        return new Connection(redis, kind, endpoint.name, name, log);
    }
    /** To one node of a Cluster. */
    static toNode(node, name, log) {
        const redis = new Redis({ ...OPTIONS, ...node, connectionName: `baton-${name}` });
        return new Connection(redis, 'cluster', `Redis at ${node.host}:${node.port}`, name, log);
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
    /** Every key is here. */
    of() {
        return this.redis;
    }
    all() {
        return [this.redis];
    }
    nameOf() {
        return '';
    }
    refresh() { }
    /** Is the connection's from when it is made until it is used. Never rejects. */
    async #examine(kind, place) {
        const { stream } = this.redis;
        try {
            await checkFitness(this.redis, place, kind);
            if (this.redis.stream === stream && this.redis.status === 'ready')
                this.#state.turn(true);
        }
        catch (error) {
            this.#state.failed(error);
            setTimeout(() => {
                if (this.redis.stream === stream && this.redis.status === 'ready')
                    this.redis.disconnect(true);
            }, UNFIT_MS).unref();
        }
    }
    async close() {
        this.#state.close();
        this.#endHeartbeat();
        if (this.redis.status === 'ready')
            await this.redis.quit().catch(() => { });
        this.redis.disconnect();
    }
}
//# sourceMappingURL=connection.js.map