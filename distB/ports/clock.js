/** The longest a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;
export const systemClock = {
    now: () => Math.floor(performance.timeOrigin + performance.now()),
    wallTime: Date.now,
    after(ms, run) {
        const handle = setTimeout(run, ms);
        handle.unref();
        return { cancel: () => clearTimeout(handle) };
    },
    soon: setImmediate,
};
/** The clock's time as the contract writes it. */
export function isoNow(clock) {
    return new Date(clock.wallTime()).toISOString();
}
/** Calls `run` once when the wall clock says `time` (epoch ms), however far that is away. */
export function at(clock, time, run) {
    const wait = () => clock.after(Math.min(Math.max(0, time - clock.wallTime()), MAX_TIMER_MS), check);
    const check = () => {
        if (clock.wallTime() >= time)
            run();
        else
            timer = wait();
    };
    let timer = wait();
    return { cancel: () => timer.cancel() };
}
/** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as that is aborted. */
export function delay(clock, ms, signal) {
    const { promise, resolve, reject } = Promise.withResolvers();
    if (signal.aborted) {
        reject(signal.reason);
        return promise;
    }
    const abort = () => {
        timer.cancel();
        reject(signal.reason);
    };
    const timer = clock.after(ms, () => {
        signal.removeEventListener('abort', abort);
        resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
    return promise;
}
//# sourceMappingURL=clock.js.map