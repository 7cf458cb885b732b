import { io } from 'socket.io-client';
import { MAX_FRAME_BYTES } from '../protocol/limits.js';
import { addressOf } from './address.js';
import { Backoff } from './backoff.js';
import { causeOf } from './diagnosis.js';
import { ClientError } from './errors.js';
import { discard, Race } from './race.js';
const GATEWAY_EVENTS = [
    ...['message', 'delta', 'session:sync', 'activity'],
    ...['session:ended', 'backend', 'draining', 'auth:expiring'],
];
const MAX_FRESH_TOKENS = 5;
/** What a first handshake is expected to take: it may be made over a slow network. */
const FIRST_HANDSHAKE_MS = 500;
/** Connections at once, at most. */
const MOST = 3;
const FRAME_OVERHEAD_BYTES = 32;
const NOWHERE = { origin: 'http://nowhere.invalid', path: '/' };
/**
 * One WebSocket after the other to the gateway. Socket.IO's own reconnecting is off, so that lost connections, failed
 * attempts, refusals and silence all take one way: `down`, a jittered wait, the next attempt. Where one is silent, others
 * are tried beside it; the first that answers stays.
 */
export class Connection {
    #options;
    #handlers;
    /** The one in use. */
    #socket = null;
    #race;
    #backoff = new Backoff(100, 2000);
    #timer;
    /** Or why the URL can be no gateway's. */
    #address;
    /** Looks for the reason why the first attempts fail; later the address is known to be right. */
    #diagnosis = null;
    /** What it found. */
    #cause = null;
    #wasUp = false;
    #wanted = false;
    #freshTokens = 0;
    #auth = {};
    /** How long the last handshake took. */
    #handshakeMs = FIRST_HANDSHAKE_MS;
    /** Wait before the next attempt where the gateway named one. */
    #askedWait = null;
    constructor(options, handlers) {
        this.#options = options;
        this.#handlers = handlers;
        this.#address = addressOrError(options.url);
        this.#race = this.#raceOf(MOST, (socket) => this.#up(socket), (error) => this.#failed(error));
    }
    get connected() {
        return this.#socket?.connected ?? false;
    }
    /** Begins to connect; refused at once where the URL can be no gateway's. */
    open() {
        if (this.#wanted)
            return;
        if (this.#address instanceof ClientError)
            return this.#handlers.refused(this.#address);
        this.#wanted = true;
        this.#attempt();
    }
    close() {
        this.#wanted = false;
        this.#endDiagnosis();
        clearTimeout(this.#timer);
        this.#leave();
    }
    /** Gives this connection up and makes a new one after `waitMs`, or after the backoff's own wait. */
    drop(error, waitMs = this.#askedWait) {
        if (!this.#wanted)
            return;
        this.#askedWait = null;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#attempt(), waitMs ?? this.#backoff.next());
        this.#leave();
        this.#handlers.down(error);
    }
    /** Skips the present wait: the network is back. */
    hurry() {
        if (!this.#wanted || this.#socket !== null || this.#race.isOn)
            return;
        clearTimeout(this.#timer);
        this.#attempt();
    }
    /** The connection has proved itself: the next loss starts with the shortest wait again. */
    proved() {
        this.#backoff.reset();
        this.#freshTokens = 0;
    }
    /** One event and its acknowledgement. Rejects with `ClientError`; without an answer in time the connection is given up. */
    async request(name, payload, timeoutMs) {
        // Socket.IO would keep the event and send it, out of order, after the next connect.
        const socket = this.#socket;
        if (!socket?.connected)
            throw new ClientError('disconnected', 'there is no connection');
        if (frameBytes(name, payload) > MAX_FRAME_BYTES) {
            throw new ClientError('too_large', `${name} would exceed a frame of ${MAX_FRAME_BYTES} bytes`);
        }
        let acknowledgement;
        try {
            acknowledgement = await socket.timeout(timeoutMs).emitWithAck(name, payload);
        }
        catch {
            if (this.#socket !== socket)
                throw new ClientError('disconnected', `the connection was lost before ${name} was acknowledged`);
            const error = new ClientError('timeout', `${name} was not acknowledged within ${timeoutMs} ms`);
            this.drop(error);
            throw error;
        }
        if (!acknowledgement.ok)
            throw ClientError.from(acknowledgement.error);
        return acknowledgement;
    }
    /**
     * `session:open`. Where neither its acknowledgement nor anything else comes for a while, another connection is made and
     * asked beside this one; the first that opens the session stays. Rejects as `request` does.
     */
    openSession(payload, timeoutMs) {
        const own = this.#socket;
        let rival = null;
        let isOver = false;
        return new Promise((resolve, reject) => {
            const ask = async (socket) => {
                rival = socket;
                const held = [];
                socket.onAny((name, data) => held.push([name, data]));
                const reply = await socket
                    .timeout(timeoutMs)
                    .emitWithAck('session:open', payload)
                    .catch(() => null);
                if (isOver || !reply?.ok)
                    return discard(socket);
                rival = null;
                resolve(reply); // before the old one's request is rejected
                this.#leave();
                socket.offAny();
                this.#use(socket);
                for (const [name, data] of held)
                    this.#event(name, data);
            };
            // What goes wrong there is not told: the connection in use decides.
            const race = this.#raceOf(MOST - 1, ask, () => { });
            const begin = () => {
                if (!isOver)
                    race.start();
            };
            const timer = setTimeout(() => this.#authenticate().then(begin, () => { }), this.#patienceMs());
            const end = () => {
                isOver = true;
                clearTimeout(timer);
                own?.offAny(end);
                race.end();
                if (rival !== null)
                    discard(rival);
            };
            own?.onAny(end); // a replica that says anything is not frozen
            this.request('session:open', payload, timeoutMs).then(resolve, reject).finally(end);
        });
    }
    /** A fresh token while the connection lives. Where there is none, it ends with the old one, and the next attempt asks again. */
    async #renew({ expiresInMs }) {
        const { token } = this.#options;
        if (typeof token !== 'function')
            return;
        try {
            await this.request('auth:renew', { token: await token() }, expiresInMs);
        }
        catch {
            // told when it matters
        }
    }
    async #attempt() {
        const { connectTimeoutMs } = this.#options;
        const late = () => this.drop(new ClientError('timeout', `${this.#place} does not answer within ${connectTimeoutMs} ms`));
        this.#timer = setTimeout(late, connectTimeoutMs);
        const timer = this.#timer;
        try {
            await this.#authenticate();
        }
        catch {
            this.drop(new ClientError('unauthorized', 'there is no token', { retryable: true }));
            return;
        }
        if (this.#wanted && this.#timer === timer)
            this.#race.start();
    }
    /** Fetches the token for the next handshakes. */
    async #authenticate() {
        const { token } = this.#options;
        if (token !== undefined)
            this.#auth = { auth: { token: typeof token === 'string' ? token : await token() } };
    }
    #raceOf(most, won, lost) {
        const { origin, path } = this.#address instanceof ClientError ? NOWHERE : this.#address;
        return new Race({
            most,
            make: () => io(origin, {
                path,
                ...this.#options.socketOptions,
                ...this.#auth,
                transports: ['websocket'],
                reconnection: false,
                autoConnect: false,
                forceNew: true,
                timeout: this.#options.connectTimeoutMs,
            }),
            patienceMs: () => this.#patienceMs(),
            won: (socket, ms) => {
                this.#handshakeMs = ms;
                won(socket);
            },
            lost,
        });
    }
    /** Longer on a slow network; and never for all clients of a frozen replica at the same moment. */
    #patienceMs() {
        return Math.max(this.#options.rivalMs, 2 * this.#handshakeMs) * (1 + Math.random() / 2);
    }
    #use(socket) {
        this.#socket = socket;
        this.#askedWait = null;
        socket.on('disconnect', (reason) => this.drop(this.#lost(`the connection to ${this.#place} was lost (${reason})`)));
        for (const name of GATEWAY_EVENTS)
            socket.on(name, (data) => this.#event(name, data));
    }
    #leave() {
        this.#race.end();
        const socket = this.#socket;
        this.#socket = null;
        if (socket !== null)
            discard(socket);
    }
    get #place() {
        return this.#address instanceof ClientError ? this.#options.url : this.#address.base;
    }
    #lost(why) {
        return new ClientError('disconnected', why);
    }
    #up(socket) {
        clearTimeout(this.#timer);
        this.#use(socket);
        this.#wasUp = true;
        this.#endDiagnosis();
        this.#handlers.up();
    }
    #failed(error) {
        const { code, retryable, retryAfterMs } = error.data ?? {};
        if (code === undefined) {
            // What fails below Socket.IO has a type; what the other end's Socket.IO says no to has none.
            const below = error.type !== undefined;
            const words = below ? `no connection to ${this.#place}` : `${this.#place} refuses: ${error.message}`;
            this.drop(this.#cause ?? this.#lost(words));
            if (below)
                void this.#diagnose();
            return;
        }
        const refusal = ClientError.from({ message: error.message, retryable: false, ...error.data, code });
        const fresh = code === 'unauthorized' && typeof this.#options.token === 'function';
        if (retryable || (fresh && this.#freshTokens++ < MAX_FRESH_TOKENS)) {
            this.drop(refusal, retryAfterMs ?? null);
            return;
        }
        this.close();
        this.#handlers.refused(refusal);
    }
    async #diagnose() {
        if (this.#wasUp || this.#diagnosis !== null || this.#address instanceof ClientError)
            return;
        const diagnosis = new AbortController();
        this.#diagnosis = diagnosis;
        const timer = setTimeout(() => diagnosis.abort(), this.#options.connectTimeoutMs);
        const cause = await causeOf(this.#address, diagnosis.signal);
        clearTimeout(timer);
        if (cause === null || diagnosis.signal.aborted)
            return;
        this.#cause = this.#lost(cause);
        this.#handlers.found(this.#cause);
    }
    #endDiagnosis() {
        this.#diagnosis?.abort();
        this.#diagnosis = null;
        this.#cause = null;
    }
    #event(name, data) {
        if (name === 'draining')
            this.#askedWait = data.reconnectInMs;
        if (name === 'auth:expiring')
            void this.#renew(data);
        this.#handlers.event(name, data);
    }
}
function addressOrError(url) {
    try {
        return addressOf(url);
    }
    catch (error) {
        return error;
    }
}
function frameBytes(name, payload) {
    return new TextEncoder().encode(JSON.stringify([name, payload])).length + FRAME_OVERHEAD_BYTES;
}
//# sourceMappingURL=connection.js.map