/** Messages that are new in `after`, or have reached their final status there; none where another conversation was opened. */
export function news(before, after) {
    if (after.messages === before.messages)
        return [];
    if (before.session === null || before.session.id !== after.session?.id)
        return [];
    const newest = before.messages.at(-1)?.seq ?? 0;
    const found = [];
    // From the end: what changes is nearly always the last message.
    for (let i = after.messages.length - 1; i >= 0; i--) {
        const message = after.messages[i];
        const known = before.messages[i];
        if (message === undefined || message === known)
            continue;
        const old = known?.id === message.id ? known : before.messages.find(({ id }) => id === message.id);
        const isNew = old === undefined ? message.seq > newest && message.status !== 'streaming' : wasEnded(old, message);
        if (isNew)
            found.unshift(message);
    }
    return found;
}
/** Whether what a view shows beside the messages has changed. */
export function differs(before, after) {
    const keys = ['connection', 'session', 'answering', 'replica', 'backend', 'ended', 'error'];
    return keys.some((key) => before[key] !== after[key]) || before.outbox.length !== after.outbox.length;
}
function wasEnded(before, after) {
    return after.status !== 'streaming' && (before.status === 'streaming' || before.attempt !== after.attempt);
}
//# sourceMappingURL=changes.js.map