import { ClientError } from './errors.js';
/** Callers who wait until the session is open. */
export class Waiters {
    #waiting = new Set();
    /** Rejects after `timeoutMs`, where that is given. */
    wait(timeoutMs) {
        return new Promise((resolve, reject) => {
            const settle = (act) => {
                clearTimeout(timer);
                this.#waiting.delete(waiter);
                act();
            };
            const waiter = { resolve: () => settle(resolve), reject: (error) => settle(() => reject(error)) };
            const late = () => waiter.reject(new ClientError('disconnected', 'the session could not be opened in time'));
            const timer = timeoutMs === undefined ? undefined : setTimeout(late, Math.max(0, timeoutMs));
            this.#waiting.add(waiter);
        });
    }
    resolveAll() {
        for (const waiter of this.#waiting)
            waiter.resolve();
    }
    rejectAll(error) {
        for (const waiter of this.#waiting)
            waiter.reject(error);
    }
}
//# sourceMappingURL=waiters.js.map