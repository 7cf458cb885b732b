import { BatonError } from '../protocol/errors.js';
import { SocketSubscriber } from './socket-subscriber.js';
import { isCongested, onceDrained, untilRead } from './wire.js';
/** Sessions that one socket may have open at a time; a widget needs one. */
const MAX_SESSIONS = 64;
/** The Socket.IO room of a session; not 20 characters long, which the sharded adapter takes for a socket's own room. */
export const roomOf = (sessionId) => `session:${sessionId}`;
/** One client's connection and the sessions that it has open. */
export class Connection {
    credentials;
    #clientAddress;
    #socket;
    #api;
    #subscriberDeps;
    /** Mostly one: a list is a third of a map. Of a subscription only its end is kept, not the messages that came with it. */
    #open = [];
    #lastAlone = Promise.resolve();
    #owesReading = false;
    constructor(socket, clientAddress, credentials, api, subscriberDeps) {
        this.#socket = socket;
        this.#clientAddress = clientAddress;
        this.credentials = credentials;
        this.#api = api;
        this.#subscriberDeps = subscriberDeps;
    }
    /** Who is calling, as the connection's last token says. */
    get caller() {
        const { user, group } = this.credentials.identity;
        return { user, group, clientAddress: this.#clientAddress };
    }
    /**
     * Does what may read and answer much when nothing of the kind is under way for this socket and it has taken what it was
     * given before (X6). Two opens of a session at once would be two subscribers of it, too, and show everything twice.
     */
    alone(work) {
        const done = this.#lastAlone.then(async () => {
            await this.#taken();
            if (this.#socket.connected)
                await work();
        });
        this.#lastAlone = done.catch(() => { });
        return done;
    }
    /** A reply that is large was written: before the next one is made, the client is to have read it, not the kernel alone. */
    gaveLarge() {
        this.#owesReading = true;
    }
    async #taken() {
        const { conn } = this.#socket;
        while (this.#socket.connected && isCongested(conn))
            await drained(conn);
        if (!this.#owesReading)
            return;
        this.#owesReading = false;
        await untilRead(conn, this.#subscriberDeps.clock);
    }
    /** Never twice at once: see `alone`. */
    async open(request) {
        const reopens = request.sessionId !== undefined && this.#subscriberOf(request.sessionId) !== undefined;
        if (this.#open.length >= MAX_SESSIONS && !reopens) {
            throw new BatonError('invalid', `sessionId: one socket may have at most ${MAX_SESSIONS} sessions open`);
        }
        const joined = [];
        const subscriberOf = (sessionId) => {
            const subscriber = this.#subscriberOf(sessionId) ??
                new SocketSubscriber(this.#socket, this.caller, sessionId, this.#subscriberDeps);
            joined.push(subscriber);
            return subscriber;
        };
        const { subscription, ...opened } = await this.#api.open(this.caller, request, subscriberOf);
        const subscriber = joined.find((one) => one.sessionId === opened.session.id);
        if (subscriber === undefined || subscription === null)
            return opened;
        if (this.#socket.disconnected) {
            subscription.close();
            return opened;
        }
        subscriber.opened(subscription.messages.at(-1));
        this.#enter(subscriber, subscription.close);
        void this.#socket.join(roomOf(opened.session.id));
        return opened;
    }
    /** The socket has left the session's room: it was told that the session ended, or it has gone. */
    left(sessionId) {
        const at = this.#open.findIndex(({ subscriber }) => subscriber.sessionId === sessionId);
        if (at >= 0)
            for (const { close } of this.#open.splice(at, 1))
                close();
    }
    #subscriberOf(sessionId) {
        return this.#open.find(({ subscriber }) => subscriber.sessionId === sessionId)?.subscriber;
    }
    /** In place of what was there of the same session. */
    #enter(subscriber, close) {
        const at = this.#open.findIndex((one) => one.subscriber.sessionId === subscriber.sessionId);
        this.#open[at < 0 ? this.#open.length : at] = { subscriber, close };
    }
    /** Whether an answer runs in a session that it has open. */
    get answering() {
        return this.#open.some(({ subscriber }) => subscriber.answering);
    }
    close() {
        this.credentials.close();
        for (const { close } of this.#open.splice(0))
            close();
    }
}
function drained(conn) {
    return new Promise((resolve) => {
        const end = () => {
            conn.off('close', end);
            resolve();
        };
        onceDrained(conn, end);
        conn.once('close', end);
    });
}
//# sourceMappingURL=connection.js.map