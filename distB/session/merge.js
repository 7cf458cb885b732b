const DROP = { kind: 'drop' };
const GAP = { kind: 'gap' };
/** What a delta means to somebody at `position`. */
export function stepOf(position, delta) {
    if (delta.attempt < position.attempt)
        return DROP;
    if (delta.attempt > position.attempt)
        return delta.offset === 0 ? { kind: 'restart', text: delta.text } : GAP;
    if (position.final)
        return DROP;
    if (delta.offset > position.length)
        return GAP;
    const overlap = position.length - delta.offset;
    if (overlap === 0)
        return { kind: 'append', text: delta.text };
    return overlap < delta.text.length ? { kind: 'append', text: delta.text.slice(overlap) } : DROP;
}
export function positionOf(message) {
    return { attempt: message.attempt, length: message.content.length, final: message.status !== 'streaming' };
}
/** A message with a delta merged in, the same message where the delta adds nothing, or null where text between is missing. */
export function mergeDelta(message, delta) {
    const step = stepOf(positionOf(message), delta);
    switch (step.kind) {
        case 'append':
            return { ...message, content: message.content + step.text };
        case 'restart':
            return { ...message, content: step.text, attempt: delta.attempt, status: 'streaming' };
        case 'drop':
            return message;
        case 'gap':
            return null;
    }
}
/**
 * Which of two views of one message is the later one: a `message` event or a snapshot against what is held. A higher
 * attempt wins, then a final status, then the longer text.
 */
export function laterOf(held, incoming) {
    if (incoming.attempt !== held.attempt)
        return incoming.attempt > held.attempt ? incoming : held;
    const heldFinal = held.status !== 'streaming';
    const incomingFinal = incoming.status !== 'streaming';
    if (heldFinal !== incomingFinal)
        return heldFinal ? held : incoming;
    return incomingFinal || incoming.content.length >= held.content.length ? incoming : held;
}
//# sourceMappingURL=merge.js.map