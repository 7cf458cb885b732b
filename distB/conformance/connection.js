import { CONNECT, connectFrame, DISCONNECT, decode, eventFrame, PONG, socketUrl, } from '../protocol/frames.js';
import { error, events, replies, shaped } from './shapes.js';
import { Aborted, ensure, excerpt, Failure } from './verdict.js';
/** Milliseconds for a connection, an acknowledgement, or news that has nothing to wait for. */
export const PATIENCE_MS = 10_000;
/** A Socket.IO CONNECT was refused. */
export class Refused extends Error {
    name = 'Refused';
    data;
    constructor(message, data) {
        super(message);
        this.data = data;
    }
}
/** One Socket.IO connection, spoken frame by frame. It keeps all that it was told. */
export class Connection {
    /** In the order in which it came. */
    news = [];
    #socket;
    #token;
    #signal;
    #replies = new Map();
    #looking = new Set();
    #problem = null;
    #isUp = false;
    #lastId = 0;
    /** Rejects with `Refused` where the gateway does not let it in, with `Failure` where it does not come about. */
    static async open(url, token, signal) {
        const connection = new Connection(url, token, signal);
        try {
            await connection.until(() => connection.#isUp || undefined, 'the connection');
            return connection;
        }
        catch (thrown) {
            connection.close();
            throw thrown;
        }
    }
    constructor(url, token, signal) {
        this.#token = token;
        this.#signal = signal;
        this.#socket = new WebSocket(socketUrl(url));
        this.#socket.addEventListener('message', ({ data }) => this.#receive(data));
        for (const end of ['close', 'error']) {
            this.#socket.addEventListener(end, () => this.#fail(new Failure('the connection was closed')));
        }
    }
    get isOpen() {
        return this.#problem === null;
    }
    /** Sends an event with any payload and gives the acknowledgement as it came. */
    async emit(event, payload) {
        const id = ++this.#lastId;
        this.send(eventFrame(id, event, payload));
        return this.until(() => this.#replies.get(id), `the acknowledgement of ${event}`);
    }
    /** Sends an event and gives its reply, in its shape. Rejects with `Failure` where it is not `ok`. */
    async ask(event, payload) {
        const reply = await this.emit(event, payload);
        ensure(isObject(reply) && reply.ok === true, `${event} was acknowledged with ${excerpt(reply)}`);
        return shaped(replies[event], reply, `the acknowledgement of ${event}`);
    }
    /** Sends an event that is to be refused, and gives the error. Rejects with `Failure` where it is not refused. */
    async refusal(event, payload) {
        const reply = await this.emit(event, payload);
        ensure(isObject(reply) && reply.ok === false, `${event} with ${excerpt(payload)} was acknowledged with ${excerpt(reply)}`);
        return shaped(error, reply.error, `the error of ${event}`);
    }
    send(frame) {
        if (this.#problem === null)
            this.#socket.send(frame);
    }
    /** Waits until `look` finds something; it looks again whenever a frame has come. Rejects with `Failure` after `ms`. */
    until(look, what, ms = PATIENCE_MS) {
        return new Promise((resolve, reject) => {
            const settle = (end) => {
                clearTimeout(timer);
                this.#signal.removeEventListener('abort', abort);
                this.#looking.delete(check);
                end();
            };
            const abort = () => settle(() => reject(new Aborted('it was ended')));
            const check = () => {
                const found = look();
                if (found !== undefined)
                    return settle(() => resolve(found));
                const problem = this.#problem;
                if (problem !== null)
                    settle(() => reject(problem));
            };
            const timer = setTimeout(() => settle(() => reject(new Failure(`${what} did not come within ${ms / 1000} s`))), ms);
            this.#looking.add(check);
            this.#signal.addEventListener('abort', abort);
            if (this.#signal.aborted)
                abort();
            else
                check();
        });
    }
    /** Waits. Rejects where the run ends, or the connection does. */
    async pause(ms) {
        const until = performance.now() + ms;
        const timer = setTimeout(() => this.#look(), ms);
        try {
            await this.until(() => performance.now() >= until || undefined, 'the end of a wait', ms + PATIENCE_MS);
        }
        finally {
            clearTimeout(timer);
        }
    }
    close() {
        this.send(DISCONNECT);
        this.#problem ??= new Failure('the connection was closed');
        this.#socket.close();
    }
    #receive(data) {
        try {
            this.#take(decode(String(data)));
        }
        catch (thrown) {
            this.#fail(thrown instanceof Failure ? thrown : new Failure(thrown.message));
        }
        this.#look();
    }
    #take(packet) {
        switch (packet.kind) {
            case 'handshake':
                return this.send(this.#token === undefined ? CONNECT : connectFrame({ token: this.#token }));
            case 'ping':
                return this.send(PONG);
            case 'connected':
                this.#isUp = true;
                return;
            case 'refused':
                return this.#fail(new Refused(packet.message, packet.data));
            case 'disconnected':
                return this.#fail(new Failure('the gateway left the namespace'));
            case 'event':
                return this.#note(packet.name, packet.payload);
            case 'acknowledgement':
                this.#replies.set(packet.id, packet.payload);
        }
    }
    /** Events that are not known are ignored, as a client has to. */
    #note(name, payload) {
        if (!Object.hasOwn(events, name))
            return;
        const event = name;
        this.news.push({ name: event, payload: shaped(events[event], payload, `the event ${name}`) });
    }
    #fail(problem) {
        this.#problem ??= problem;
        this.#look();
    }
    #look() {
        for (const check of [...this.#looking])
            check();
    }
}
export function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
//# sourceMappingURL=connection.js.map