/** How many of the newest messages a window has in any case, as far as its bytes allow: enough to tell what comes next by. */
export const LEAST_MESSAGES = 20;
/** Before a call that `StoreUnavailable` refused is tried again, in milliseconds. */
export const STORE_RETRY_MS = 250;
/** The store did not answer, or refused to: the call may or may not have been applied. */
export class StoreUnavailable extends Error {
    name = 'StoreUnavailable';
}
/** The store cannot carry the call out, and could not at a repeat: what it holds is not what Baton writes, or the call is at fault. */
export class StoreFault extends Error {
    name = 'StoreFault';
}
//# sourceMappingURL=session-store.js.map