import { nothingTaken } from '../ports/rate-limiter.js';
import { dayOf, untilTomorrow } from './day.js';
/** An answer that was not ended so long after its beginning has nobody who would end it: it is one at once no more. */
export const LAPSE_MS = 60 * 60 * 1000;
/** What nobody may be told exactly: an answer may end at any moment. */
const ANSWER_WAIT_MS = 1000;
/** Ends that could not be counted and are kept until they can be. */
const MAX_KEPT = 10_000;
const ENDS_AT_ONCE = 100;
/** Before what could not be counted is tried again, in milliseconds. */
const RETRY_MS = 1000;
const NOTHING = { messages: 0, sessions: 0, tokens: 0, answer: null };
/** What an account takes is taken of its user's quota and of its group's. */
export class AccountQuotas {
    #ledger;
    #limits;
    #clock;
    /** Ends that are to be counted. */
    #ended = [];
    #counting = null;
    /** Set while they wait because they could not be. */
    #retry = null;
    constructor(ledger, limits, clock) {
        this.#ledger = ledger;
        this.#limits = limits;
        this.#clock = clock;
    }
    beginAnswer(account, sessionId, answer) {
        const group = this.#limits.group === null ? '' : (account.group ?? '');
        return this.#take(account, { messages: 1, sessions: 0, answer: { sessionId, key: keyOf(answer), group } });
    }
    makeSession(account) {
        return this.#take(account, { messages: 0, sessions: 1, answer: null });
    }
    endAnswer(user, sessionId, answer, tokens) {
        if (this.#ended.length >= MAX_KEPT)
            return;
        this.#ended.push({ user: `user:${user}`, answer: { sessionId, key: keyOf(answer) }, tokens });
        if (this.#retry === null)
            void this.#count();
    }
    /** Counts what waits for it, as far as that can be now. */
    close() {
        this.#retry?.cancel();
        this.#retry = null;
        return this.#count();
    }
    async #take(account, taking) {
        const { user, group } = this.#limits;
        const given = await Promise.all([
            this.#takeOf('user', account.user, taking, user),
            ...(account.group === undefined || group === null ? [] : [this.#takeOf('group', account.group, taking, group)]),
        ]);
        const usedUp = given.find((one) => typeof one !== 'function');
        const giveBack = async () => {
            await Promise.all(given.map((one) => typeof one === 'function' && one()));
        };
        if (usedUp === undefined)
            return giveBack;
        await giveBack();
        return usedUp;
    }
    async #takeOf(whose, name, taking, quota) {
        const now = this.#clock.wallTime();
        const subject = { name: `${whose}:${name}`, day: dayOf(now) };
        try {
            const usedUp = await this.#ledger.take(subject, taking, quota, now);
            if (usedUp !== null)
                return { what: usedUp, whose, retryAfterMs: waitFor(usedUp, now) };
            const back = { ...taking, tokens: 0 };
            return () => this.#ledger.release(subject, back).catch(() => { });
        }
        catch {
            return nothingTaken;
        }
    }
    /** Counts what has ended. Never rejects. */
    #count() {
        if (this.#ended.length > 0)
            this.#counting ??= this.#countEnded();
        return this.#counting ?? Promise.resolve();
    }
    async #countEnded() {
        let uncounted = [];
        while (this.#ended.length > 0 && uncounted.length === 0) {
            const ends = this.#ended.splice(0, ENDS_AT_ONCE);
            const counted = await Promise.all(ends.map((end) => this.#isCounted(end)));
            uncounted = ends.filter((_, i) => !counted[i]);
        }
        this.#ended.unshift(...uncounted);
        this.#counting = null;
        if (this.#ended.length > 0)
            this.#retry ??= this.#clock.after(RETRY_MS, () => this.#tryAgain());
    }
    #tryAgain() {
        this.#retry = null;
        void this.#count();
    }
    /** False where it could not be counted, or that was not told: at a repeat it counts once all the same. */
    async #isCounted({ user, answer, tokens }) {
        const day = dayOf(this.#clock.wallTime());
        const count = (name) => this.#ledger.release({ name, day }, { ...NOTHING, tokens, answer });
        try {
            // The user's last: it is there that the group is known.
            const group = this.#limits.group && (await this.#ledger.groupOf({ name: user, day }, answer));
            if (group)
                await count(`group:${group}`);
            await count(user);
            return true;
        }
        catch {
            return false;
        }
    }
}
const keyOf = ({ id, createdAt }) => `${id} ${createdAt}`;
function waitFor(what, now) {
    return what === 'answers' ? ANSWER_WAIT_MS : untilTomorrow(now);
}
//# sourceMappingURL=quotas.js.map