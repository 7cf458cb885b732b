import { laterOf } from '../../session/merge.js';
import { newestThatFit } from './newest.js';
/** The copy that an opened session gives; `known` is the caller's where the store said that it is current. */
export function copyOf(snapshot, known) {
    return { session: snapshot.session, messages: snapshot.messages ?? known?.messages ?? [] };
}
/** Whether the copy has what the store would be read for: every message that the session still holds above `after`, or more than one reply carries. */
export function reaches(copy, after) {
    const { firstSeq, lastSeq } = copy.session;
    const oldest = copy.messages[0]?.seq ?? lastSeq + 1;
    const wanted = after > lastSeq ? firstSeq : Math.max(firstSeq, after + 1);
    return oldest <= wanted || newestThatFit(copy.messages) !== copy.messages;
}
/** Whether the copy has the newest `count` messages, or all that there are. */
export function hasNewest({ session, messages }, count) {
    return messages.length >= Math.min(count, session.lastSeq - session.firstSeq + 1);
}
/** The copy after a message and its answer were stored: `before` is what was current until then. */
export function withAdded(session, before, added) {
    const messages = [...before, ...added];
    const surplus = messages.findIndex((message) => message.seq >= session.firstSeq);
    return { session, messages: surplus > 0 ? messages.slice(surplus) : messages };
}
/** The copy with what another replica says that it has stored; under its old version, by which it is never taken for current. */
export function withHeard(copy, heard) {
    const message = heard.status === 'streaming' ? { ...heard, content: '' } : heard;
    const at = copy.messages.findIndex(({ id }) => id === message.id);
    const known = copy.messages[at];
    if (known !== undefined)
        return { ...copy, messages: copy.messages.with(at, laterOf(known, message)) };
    if (message.seq !== copy.session.lastSeq + 1)
        return copy;
    return { session: { ...copy.session, lastSeq: message.seq }, messages: [...copy.messages, message] };
}
/**
 * The copy after the answer that ran under `epoch` has ended, or null where it is not of the version just before. The store
 * names its present version: where the end was told twice, that may be a later one, of messages that the copy lacks.
 */
export function withEnd(copy, answer, epoch, { version, lastActivity }) {
    if (copy.session.version !== epoch || version !== epoch + 1 || copy.messages.at(-1)?.id !== answer.id)
        return null;
    return { session: { ...copy.session, version, lastActivity }, messages: [...copy.messages.slice(0, -1), answer] };
}
//# sourceMappingURL=session-copy.js.map