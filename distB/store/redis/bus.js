import { noMeter } from '../../ports/meter.js';
import { busMessagesIn, encodeBusMessage } from './bus-encoding.js';
import { Undelivered } from './undelivered.js';
/** Characters that may wait for Redis's answer; beyond that messages are dropped. */
const MAX_UNCONFIRMED = 4 * 1024 * 1024;
/** After this those that may not have got a message are told to read the store (G6). */
const RETRY_MS = 500;
/** Kinds that the last version does not know: it drops all that comes with one, so they travel by themselves (G8). */
const NEW_KINDS = new Set([
    'activity',
    'ask',
    'draining',
    'look',
    'owning',
    'report',
]);
/** The bus over one sharded channel per replica. The messages of one turn of the event loop to one replica travel as one JSON array. */
export class RedisBus {
    #redis;
    #keys;
    #subscriptions;
    #channel;
    #log;
    #meter;
    #outgoing = new Map();
    #handler = () => { };
    #unreached = () => { };
    #unconfirmed = 0;
    #dropping = false;
    #undelivered = new Undelivered();
    #retry = null;
    #closed = false;
    constructor(connections, options) {
        this.#redis = connections.commands;
        this.#keys = connections.keys;
        this.#subscriptions = connections.bus;
        this.#channel = this.#keys.bus(options.address);
        this.#log = options.log;
        this.#meter = options.meter ?? noMeter;
    }
    /** Resolves once messages arrive; to be awaited before anybody learns this replica's address. */
    async start() {
        this.#subscriptions.onMessage((channel, message) => {
            if (!this.#closed && channel.toString() === this.#channel)
                this.#arrived(message.toString());
        });
        await this.#subscriptions.add(this.#channel);
    }
    send(replica, message) {
        if (this.#closed)
            return;
        if (this.#outgoing.size === 0)
            setImmediate(() => this.#flush());
        const waiting = this.#outgoing.get(replica);
        if (waiting === undefined)
            this.#outgoing.set(replica, [message]);
        else
            waiting.push(message);
    }
    receive(handler) {
        this.#handler = handler;
    }
    onUnreached(handler) {
        this.#unreached = handler;
    }
    /** Sends what was handed over and takes no more. */
    async close() {
        this.#flush();
        this.#closed = true;
        if (this.#retry !== null)
            clearTimeout(this.#retry);
        await this.#subscriptions.remove(this.#channel);
    }
    #flush() {
        const encoded = new Map(); // a message to many replicas is written as JSON once
        const encode = (message) => {
            const known = encoded.get(message);
            if (known !== undefined)
                return known;
            const json = encodeBusMessage(message);
            encoded.set(message, json);
            return json;
        };
        const outgoing = [...this.#outgoing];
        this.#outgoing.clear();
        for (const [replica, messages] of outgoing) {
            const fresh = messages.filter(({ kind }) => NEW_KINDS.has(kind));
            const known = fresh.length === 0 ? messages : messages.filter(({ kind }) => !NEW_KINDS.has(kind));
            for (const some of [known, fresh]) {
                if (some.length === 0)
                    continue;
                try {
                    this.#publish(replica, some, `[${some.map(encode).join()}]`);
                }
                catch (error) {
                    this.#caught(error, { kinds: some.map(({ kind }) => kind) }, 'caught at messages to another replica');
                    this.#dropped(replica, some, 'they cannot be written');
                }
            }
        }
    }
    #publish(replica, messages, json) {
        if (this.#unconfirmed + json.length > MAX_UNCONFIRMED) {
            this.#meter.busDropped(messages.length, { reason: 'slow' });
            this.#dropped(replica, messages, 'Redis is too slow');
            return;
        }
        this.#unconfirmed += json.length;
        const confirmed = () => {
            this.#unconfirmed -= json.length;
        };
        this.#redis.spublish(this.#keys.bus(replica), json).then((receivers) => {
            confirmed();
            this.#dropping = false;
            if (receivers === 0)
                for (const sessionId of toldOf(messages))
                    this.#unreached(replica, sessionId);
        }, (error) => {
            confirmed();
            this.#meter.busDropped(messages.length, { reason: 'failed' });
            this.#dropped(replica, messages, error.message);
        });
    }
    #dropped(replica, messages, reason) {
        this.#undelivered.add(replica, messages);
        if (!this.#undelivered.isEmpty && !this.#closed)
            this.#retry ??= setTimeout(() => this.#makeUp(), RETRY_MS);
        if (this.#dropping)
            return;
        this.#dropping = true;
        this.#log.warn({ reason }, 'messages to other replicas are dropped');
    }
    /** What was dropped is in the store. */
    #makeUp() {
        this.#retry = null;
        for (const [replica, looks] of this.#undelivered.take())
            for (const look of looks)
                this.send(replica, look);
    }
    #arrived(json) {
        const { messages, malformed } = busMessagesIn(json);
        this.#meter.busMalformed(malformed);
        // Said without what may be a message's content.
        if (malformed > 0)
            this.#log.warn({ malformed, characters: json.length }, 'messages from another replica are malformed');
        for (const message of messages) {
            try {
                this.#handler(message);
            }
            catch (error) {
                this.#caught(error, { kinds: [message.kind] }, 'caught at a message from another replica');
            }
        }
    }
    /** A bug, which costs the messages that it shows at, and no others. */
    #caught(err, fields, text) {
        this.#meter.caught(1, { door: 'bus' });
        this.#log.error({ err, ...fields }, text);
    }
}
/** The sessions of which a watcher is told by these. */
function toldOf(messages) {
    return new Set(messages.flatMap((message) => (isTold(message) ? message.sessionId : [])));
}
function isTold(message) {
    return message.kind === 'delta' || message.kind === 'message' || message.kind === 'activity';
}
//# sourceMappingURL=bus.js.map