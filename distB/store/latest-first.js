/** The order of `SessionStore.sessionsOf`: latest activity first, then the youngest, then by id so that it is total. */
export function latestFirst(a, b) {
    return descending(a.lastActivity, b.lastActivity) || descending(a.createdAt, b.createdAt) || descending(a.id, b.id);
}
/** The page of `sessions` as `SessionStore.sessionsOf` gives it. */
export function pageOf(sessions, { before, limit }) {
    const below = before === null ? sessions : sessions.filter(({ lastActivity }) => lastActivity < before);
    const sorted = below.toSorted(latestFirst);
    const last = sorted[limit - 1]?.lastActivity;
    return sorted.filter(({ lastActivity }, i) => i < limit || lastActivity === last);
}
function descending(a, b) {
    return a === b ? 0 : a < b ? 1 : -1;
}
//# sourceMappingURL=latest-first.js.map