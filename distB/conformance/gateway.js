import { Connection } from './connection.js';
import { begin, fetchReply } from './http.js';
import { Talk } from './talk.js';
/** The gateway that is checked: what a check reaches it by. It leaves nothing there. */
export class Gateway {
    target;
    signal;
    #connections = new Set();
    #sessions = new Set();
    #replies = new Set();
    #conversation = null;
    constructor(target, signal) {
        this.target = target;
        this.signal = signal;
    }
    /** A connection, which is closed when the check is over. `token` is the target's by default. */
    async connect(token = this.target.token) {
        const connection = await Connection.open(this.target.url, token, this.signal);
        this.#connections.add(connection);
        return connection;
    }
    /** A new session with a connection that has it open. */
    async talk(payload = {}) {
        const talk = await Talk.begin(await this.connect(), payload);
        this.made(talk.sessionId);
        return talk;
    }
    /** Another connection, which opens the session of `talk`. */
    async join(talk) {
        return Talk.begin(await this.connect(), { sessionId: talk.sessionId });
    }
    /** One question and its answer, as three connections saw it; said once, for all checks that only look at it. */
    conversation() {
        this.#conversation ??= converse(this);
        return this.#conversation;
    }
    /** `path` begins with a slash. */
    http(path, asked = {}) {
        return fetchReply(this.target.url + path, this.#asked(asked));
    }
    /** A reply that streams; what is left of it is dropped when the check is over. */
    async stream(path, asked = {}) {
        const full = this.#asked(asked);
        const reply = await begin(this.target.url + path, full, `${full.method ?? 'GET'} ${path}`, full.signal);
        this.#replies.add(reply);
        return reply;
    }
    /** A session that is to be removed in the end. */
    made(sessionId) {
        this.#sessions.add(sessionId);
    }
    /** Drops what a check has left open. */
    endCheck() {
        for (const connection of this.#connections)
            connection.close();
        for (const reply of this.#replies)
            reply.destroy();
        this.#connections.clear();
        this.#replies.clear();
    }
    /** Removes every session that was made, whatever the gateway says to that. */
    async close() {
        this.endCheck();
        const last = AbortSignal.timeout(LAST_MS);
        const remove = (id) => fetchReply(`${this.target.url}/api/chat/sessions/${id}`, { ...this.#asked({ method: 'DELETE' }), signal: last });
        await Promise.allSettled([...this.#sessions].map(remove));
    }
    #asked(asked) {
        const { token } = this.target;
        const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
        return { ...asked, headers: { ...authorization, ...asked.headers }, signal: this.signal };
    }
}
/** Milliseconds for removing what was made. */
const LAST_MS = 3000;
async function converse(gateway) {
    const asker = await gateway.talk();
    const watcher = await gateway.join(asker);
    const stranger = await gateway.talk();
    const sent = await asker.say(SHORT);
    const final = await asker.end(sent.answer.id);
    await watcher.end(sent.answer.id);
    await stranger.flush();
    return { sessionId: asker.sessionId, sent, final, asker, watcher, stranger };
}
/** Any model answers this with a few words. */
export const SHORT = 'Please say hello in one short sentence.';
/** Most models answer this with many. */
export const LONG = 'Please tell me a long story of at least 800 words.';
//# sourceMappingURL=gateway.js.map