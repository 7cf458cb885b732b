import { BodyReader } from './body-reader.js';
import { silent, wordless } from './errors.js';
import { Refusal } from './refusal.js';
import { Watchdog } from './watchdog.js';
/** How long more is waited for once the taker is finished: some providers say no `[DONE]` and keep the connection. */
const ENDING_MS = 1000;
/**
 * Asks and hands the events over until the taker has enough or the body ends, which of them the caller knows from what it took.
 * Events are taken as the body's bytes come in, with no promise in between unless `take` asks for it: awaiting every token,
 * or even every chunk, costs the gateway more than all else that it does with it.
 */
export async function converse({ ask, taker, failure, connection, limits }) {
    const { signal } = connection;
    const { timeoutMs, silenceMs, maxEventBytes } = limits;
    const dogs = {
        bytes: new Watchdog(timeoutMs, () => connection.abort(silent(timeoutMs))),
        text: new Watchdog(silenceMs, () => connection.abort(wordless(silenceMs))),
    };
    dogs.bytes.start();
    dogs.text.start();
    let body;
    try {
        const reply = await ask(signal).catch((thrown) => Promise.reject(failure(thrown)));
        body = reply;
        const ended = await new Reading({ body: reply, taker, signal, dogs, failure, maxEventBytes }).over;
        if (ended === 'whole')
            reply.drain();
        else
            reply.cut();
    }
    catch (error) {
        body?.cut();
        if (signal.aborted)
            throw signal.reason;
        throw error instanceof Refusal ? failure(error) : error;
    }
    finally {
        dogs.bytes.stop();
        dogs.text.stop();
    }
}
/**
 * Gives a body's events to the taker, reading no further while that has something to wait for. How the body ended counts only
 * once the events before its end have been taken. Once it is over nothing is taken any more.
 */
class Reading {
    #body;
    #taker;
    #signal;
    #dogs;
    #events;
    #over = Promise.withResolvers();
    #ending = new Watchdog(ENDING_MS, () => this.#resolve('ended'));
    #isOver = false;
    #waits = false;
    #end = null;
    #spoken = 0;
    constructor({ body, taker, signal, dogs, failure, maxEventBytes }) {
        this.#events = new BodyReader(maxEventBytes);
        this.#body = body;
        this.#taker = taker;
        this.#signal = signal;
        this.#dogs = dogs;
        body.read({
            bytes: (chunk) => this.#bytes(chunk),
            end: () => this.#ends(() => this.#resolve('ended')),
            error: (thrown) => this.#ends(() => this.#reject(failure(thrown))),
        });
    }
    /** `'whole'` where the taker had enough before the body's end. Rejects with what the body broke off with or the taker threw. */
    get over() {
        return this.#over.promise;
    }
    #bytes(chunk) {
        if (this.#isOver)
            return;
        this.#dogs.bytes.feed();
        try {
            this.#events.push(chunk);
            this.#takeAll();
        }
        catch (error) {
            this.#reject(error);
        }
    }
    #takeAll() {
        for (let data = this.#events.next(); data !== null; data = this.#events.next()) {
            if (this.#take(data))
                return;
        }
        this.#look();
    }
    /** Whether nothing more is to be given for now. */
    #take(data) {
        this.#signal.throwIfAborted();
        const taken = this.#taker.take(data, this.#events.isError);
        if (taken === undefined)
            return false;
        if (taken === 'whole')
            this.#resolve('whole');
        else
            this.#waitFor(taken);
        return true;
    }
    #look() {
        const { spoken, isFinished } = this.#taker;
        const spoke = spoken !== this.#spoken;
        if (spoke)
            this.#dogs.text.feed();
        this.#spoken = spoken;
        if (isFinished && (spoke || !this.#ending.isAwake))
            this.#ending.start();
    }
    #waitFor(taken) {
        this.#waits = true;
        this.#body.pause();
        this.#dogs.bytes.stop();
        this.#dogs.text.stop();
        this.#ending.stop();
        taken.then(() => this.#goOn()).catch((error) => this.#reject(error));
    }
    #goOn() {
        this.#waits = false;
        this.#dogs.bytes.start();
        this.#dogs.text.start();
        this.#takeAll();
        if (this.#waits || this.#isOver)
            return;
        if (this.#end === null)
            this.#body.resume();
        else
            this.#conclude(this.#end);
    }
    #ends(how) {
        this.#end ??= how;
        if (!this.#waits && !this.#isOver)
            this.#conclude(this.#end);
    }
    #conclude(how) {
        try {
            const data = this.#events.end();
            if (data === null || !this.#take(data))
                how();
        }
        catch (error) {
            this.#reject(error);
        }
    }
    #resolve(how) {
        this.#isOver = true;
        this.#ending.stop();
        this.#over.resolve(how);
    }
    #reject(error) {
        this.#isOver = true;
        this.#ending.stop();
        this.#over.reject(error);
    }
}
/**
 * What `end` makes of a conversation that went well. An abort of `signal` calls `leave` and rejects with the signal's reason
 * at once; `end` is not called then.
 */
export async function unlessAborted(conversation, end, signal, leave) {
    const aborted = Promise.withResolvers();
    const onAbort = () => {
        leave();
        aborted.reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
        await Promise.race([conversation, aborted.promise]);
        signal.throwIfAborted();
        return await Promise.race([end(), aborted.promise]);
    }
    finally {
        signal.removeEventListener('abort', onAbort);
    }
}
//# sourceMappingURL=exchange.js.map