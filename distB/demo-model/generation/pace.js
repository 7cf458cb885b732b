import { setImmediate, setTimeout } from 'node:timers/promises';
/** Tokens' worth of thinking before the first one. */
const FIRST_TOKEN = 8;
/** Tokens' worth of pause after a sentence or a line. */
const BREATH = 1.5;
const ENDS_SENTENCE = /[.!?。！？؟]$|\n/;
/** Milliseconds that are caught up after a stall; more would come as a burst that no model makes. */
const CATCH_UP_MS = 250;
/** Yields `tokens` at the pace, with natural jitter; returns early, without throwing, when `signal` aborts. */
export async function* paced(tokens, pace, signal) {
    const interval = 1000 / pace.tokensPerSecond;
    let due = performance.now() + interval * FIRST_TOKEN * (0.5 + pace.random());
    for (const token of tokens) {
        if (!(await reached(due, signal)))
            return;
        yield token;
        const breath = ENDS_SENTENCE.test(token) ? BREATH : 0;
        due = Math.max(due + interval * (0.3 + 1.2 * pace.random() + breath), performance.now() - CATCH_UP_MS);
    }
}
/** False where `signal` aborted first. Lets other streams have their turn even where the time has come already. */
async function reached(due, signal) {
    const ms = due - performance.now();
    try {
        await (ms >= 1 ? setTimeout(ms, undefined, { signal }) : setImmediate(undefined, { signal }));
        return true;
    }
    catch {
        return false; // these timers reject for nothing but the abort
    }
}
//# sourceMappingURL=pace.js.map