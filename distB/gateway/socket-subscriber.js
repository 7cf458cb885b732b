import { leading } from '../session/leading.js';
import { SessionView } from '../session/session-view.js';
import { frameOf, gatherFrame, writeFrame } from './frame.js';
import { isCongested, isFull, onceDrained } from './wire.js';
/** News that comes while a slow reader is brought up to date; with more, it is read for again. */
const MAX_HELD = 256;
const CATCH_UP_RETRY_MS = 500;
/** Bytes of a slow reader's `session:sync`, roughly; what does not fit comes after it. */
const MAX_SYNC_BYTES = 32 * 1024;
/**
 * One socket in one session.
 *
 * Modes: *live*, every event is written as it comes; *behind* (D6), the connection is full: nothing is queued, only the
 * position is kept; *catching up*, the connection has drained: the stored text is read and what is missing is written;
 * *ahead*, the stored text already has some of the news that is still to come: that is skipped, and the first that brings
 * something new makes the socket live again.
 */
export class SocketSubscriber {
    socket;
    sessionId;
    #caller;
    #deps;
    #lastSeq = 0;
    #answering = false;
    #lag = null;
    #ahead = null;
    constructor(socket, caller, sessionId, deps) {
        this.socket = socket;
        this.#caller = caller;
        this.sessionId = sessionId;
        this.#deps = deps;
    }
    /** Whether an answer runs in the session, as far as is known here. */
    get answering() {
        return this.#answering;
    }
    /** The newest message that the client was given when it opened the session; undefined where there was none. */
    opened(newest) {
        this.#note(newest);
    }
    message(payload) {
        this.#take({ event: 'message', payload });
        this.#note(payload.message);
    }
    delta(payload) {
        this.#take({ event: 'delta', payload });
    }
    /** Dropped where the connection is not up to date: it is told again while it lasts (F7). */
    activity(payload) {
        try {
            if (this.#lag === null && !isFull(this.socket.conn))
                this.#send(sharedFrame('activity', payload));
        }
        catch (error) {
            this.#deps.onFault(this.socket, error);
        }
    }
    sync(payload) {
        this.#lastSeq = payload.after;
        this.#answering = false;
        this.#note(payload.messages.at(-1));
        this.#ahead = null;
        if (this.#lag !== null) {
            this.#lag.syncAfter = Math.min(payload.after, this.#lag.syncAfter ?? payload.after);
            return;
        }
        try {
            if (!isCongested(this.socket.conn))
                return this.#send(sharedFrame('session:sync', payload));
            this.#lagBehind(SessionView.of(payload.messages), payload.after);
        }
        catch (error) {
            this.#deps.onFault(this.socket, error);
        }
    }
    /** The gateway tells every socket of the session by itself, on all replicas. */
    ended() { }
    #note(message) {
        if (message === undefined || message.seq < this.#lastSeq)
            return;
        this.#lastSeq = message.seq;
        this.#answering = message.status === 'streaming';
    }
    #take(news) {
        if (this.#lag !== null)
            return this.#hold(this.#lag, news);
        try {
            if (this.#ahead !== null)
                return this.#takeAhead(this.#ahead, news);
            if (isFull(this.socket.conn))
                return this.#fallBehind(news);
            const frame = sharedFrame(news.event, news.payload);
            if (news.event === 'delta')
                this.#send(frame);
            else
                gatherFrame(this.socket, frame, this.#deps.onUnsent);
        }
        catch (error) {
            this.#deps.onFault(this.socket, error);
        }
    }
    #takeAhead(view, news) {
        const emissions = emissionsOf(view, news);
        if (emissions === 'gap') {
            this.#lag = { view, held: null, overflow: false, syncAfter: null };
            return void this.#catchUp(this.#lag);
        }
        if (emissions.length > 0)
            this.#ahead = null;
        this.#write(emissions);
    }
    #hold(lag, news) {
        if (lag.held === null)
            return;
        if (lag.held.length < MAX_HELD)
            lag.held.push(news);
        else
            lag.overflow = true;
    }
    #fallBehind(news) {
        const view = news.event === 'delta'
            ? SessionView.beforeDelta(this.#lastSeq, news.payload)
            : SessionView.beforeMessage(news.payload.message);
        this.#lagBehind(view, null);
    }
    #lagBehind(view, syncAfter) {
        const lag = { view, held: null, overflow: false, syncAfter };
        this.#lag = lag;
        this.#deps.meter.slowReaders(1);
        this.#catchUpOnceDrained(lag);
    }
    #catchUpOnceDrained(lag) {
        lag.held = null;
        onceDrained(this.socket.conn, () => void this.#catchUp(lag));
    }
    async #catchUp(lag) {
        lag.held = [];
        lag.overflow = false;
        let messages;
        const { syncAfter } = lag;
        try {
            messages = await this.#deps.read(this.#caller, this.sessionId, syncAfter ?? lag.view.newsAfter);
        }
        catch {
            // The store is away: its own log says so. The client stays behind until it can be read again.
            lag.held = null;
            this.#deps.clock.after(CATCH_UP_RETRY_MS, () => void this.#catchUp(lag));
            return;
        }
        if (!this.socket.connected || this.#lag !== lag)
            return;
        if (lag.syncAfter !== syncAfter)
            return this.#catchUp(lag); // what was read may be older than that
        try {
            this.#tellMissed(lag, messages ?? []);
        }
        catch (error) {
            this.#deps.onFault(this.socket, error);
        }
    }
    /** Tells what the store holds, then what came meanwhile; no more than the connection takes, the rest when it has drained. */
    #tellMissed(lag, messages) {
        if (lag.syncAfter !== null && isCongested(this.socket.conn))
            return this.#catchUpOnceDrained(lag);
        for (const message of lag.syncAfter === null ? messages : this.#sync(lag, lag.syncAfter, messages)) {
            if (isCongested(this.socket.conn))
                return this.#catchUpOnceDrained(lag);
            this.#write(lag.view.take([message]));
        }
        if (lag.overflow)
            return void this.#catchUp(lag);
        for (const news of lag.held ?? []) {
            const emissions = emissionsOf(lag.view, news);
            if (emissions !== 'gap')
                this.#write(emissions);
        }
        this.#lag = null;
        this.#ahead = lag.view;
    }
    /** Gives the client what is stored in place of what it was told, and gives what of that is still to be told. */
    #sync(lag, after, messages) {
        const size = leading(messages, MAX_SYNC_BYTES);
        const first = messages.slice(0, size);
        this.#send(frameOf('session:sync', { sessionId: this.sessionId, after, messages: first }));
        lag.view = SessionView.of(first);
        lag.syncAfter = null;
        return messages.slice(size);
    }
    #write(emissions) {
        const { sessionId } = this;
        for (const emission of emissions) {
            const { kind, ...rest } = emission;
            const payload = { sessionId, ...rest };
            this.#send(frameOf(kind, payload));
        }
    }
    #send(frame) {
        if (!writeFrame(this.socket, frame))
            this.#deps.onUnsent(this.socket);
    }
}
function emissionsOf(view, news) {
    return news.event === 'delta' ? view.takeDelta(news.payload) : view.takeMessage(news.payload.message);
}
let sharedPayload = null;
let shared = { packet: '', bytes: Buffer.alloc(0) };
/** The frame of an event, encoded once for all members: they are given the same object one right after the other. */
function sharedFrame(event, payload) {
    if (payload !== sharedPayload) {
        shared = frameOf(event, payload);
        sharedPayload = payload;
    }
    return shared;
}
//# sourceMappingURL=socket-subscriber.js.map