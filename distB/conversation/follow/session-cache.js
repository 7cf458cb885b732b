import { LRUCache } from 'lru-cache';
import { weightOfSession } from '../../session/weight.js';
/** Bytes that all copies together may take. */
const MAX_SIZE = 32 * 1024 * 1024;
/** The bounded LRU of recently used sessions in RAM (S5). */
export class SessionCache {
    #cache = new LRUCache({ maxSize: MAX_SIZE, sizeCalculation: weightOfCopy });
    get(sessionId) {
        return this.#cache.get(sessionId);
    }
    set(copy) {
        this.#cache.set(copy.session.id, copy);
    }
    drop(sessionId) {
        this.#cache.delete(sessionId);
    }
    /** Changes a copy where there is one; null drops it. */
    update(sessionId, change) {
        const copy = this.#cache.get(sessionId);
        if (copy === undefined)
            return;
        const changed = change(copy);
        if (changed === null)
            this.#cache.delete(sessionId);
        else
            this.#cache.set(sessionId, changed);
    }
}
function weightOfCopy({ session, messages }) {
    return weightOfSession(session, messages);
}
//# sourceMappingURL=session-cache.js.map