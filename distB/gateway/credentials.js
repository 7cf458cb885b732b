import { at } from '../ports/clock.js';
import { BatonError } from '../protocol/errors.js';
/** How long before its end a token is said to end; of a shorter one, when half of it is over. */
const NOTICE_MS = 30_000;
const NO_TIMERS = [];
/** For whom a connection speaks, and until when (X3). A fresh token of the same user makes that longer. */
export class Credentials {
    #socket;
    #identity;
    #deps;
    /** None where the token has no end, as most connections have no token. */
    #timers = NO_TIMERS;
    constructor(socket, identity, deps) {
        this.#socket = socket;
        this.#identity = identity;
        this.#deps = deps;
        this.#lastUntil(identity.expiresAt);
    }
    /** Whom the last token names. */
    get identity() {
        return this.#identity;
    }
    async renew({ token }) {
        const identity = await this.#deps.authenticator.authenticate(token);
        const { user, expiresAt } = identity;
        if (user !== this.#identity.user)
            throw new BatonError('forbidden', 'token: is of another user than the connection');
        this.#identity = identity;
        this.#lastUntil(expiresAt);
        return { expiresInMs: expiresAt === null ? null : Math.max(0, expiresAt - this.#deps.clock.wallTime()) };
    }
    close() {
        for (const timer of this.#timers)
            timer.cancel();
        this.#timers = NO_TIMERS;
    }
    #lastUntil(expiresAt) {
        this.close();
        if (expiresAt === null)
            return;
        const { clock, expiring, expired } = this.#deps;
        const noticeMs = Math.min(NOTICE_MS, Math.max(0, expiresAt - clock.wallTime()) / 2);
        this.#timers = [
            at(clock, expiresAt - noticeMs, () => {
                expiring(this.#socket, { expiresInMs: Math.max(0, expiresAt - clock.wallTime()) });
            }),
            at(clock, expiresAt, () => expired(this.#socket)),
        ];
    }
}
//# sourceMappingURL=credentials.js.map