const DAY_MS = 24 * 60 * 60 * 1000;
/** The UTC day of a time in epoch milliseconds: `2026-03-01`. */
export function dayOf(now) {
    return new Date(now).toISOString().slice(0, 10);
}
/** Milliseconds until the next UTC day begins. */
export function untilTomorrow(now) {
    return DAY_MS - (now % DAY_MS);
}
//# sourceMappingURL=day.js.map