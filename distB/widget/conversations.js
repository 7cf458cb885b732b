import { storageOf } from '../client/storage.js';
const MAX_KEPT = 100;
const MAX_TITLE = 120;
/** The visitor's conversations, the latest first. Their ids are the keys to them, so they are kept just where the present one's is. */
export class Conversations {
    #storage;
    #key;
    constructor(storage, userId) {
        this.#storage = storageOf(storage);
        this.#key = `baton:${userId === null ? '' : `${userId}:`}conversations`;
    }
    get list() {
        try {
            const kept = JSON.parse(this.#storage.getItem(this.#key) ?? '[]');
            return Array.isArray(kept) ? kept.filter(isPast).filter(({ until }) => until > Date.now()) : [];
        }
        catch {
            return [];
        }
    }
    /** Keeps the conversation that is open, once something was said in it. */
    note({ session, messages, answering }) {
        const last = messages.at(-1);
        if (session === null || last === undefined)
            return;
        const known = this.list.find(({ id }) => id === session.id);
        const first = messages.find(({ role }) => role === 'user') ?? last;
        const title = known?.title ?? first.content.trim().slice(0, MAX_TITLE);
        const until = Date.now() + session.ttlSeconds * 1000;
        this.put({ id: session.id, title, at: last.createdAt, until, unread: answering });
    }
    /** Adds or changes an entry. */
    put(past) {
        const others = this.list.filter(({ id }) => id !== past.id);
        this.#write([past, ...others].sort((a, b) => b.at.localeCompare(a.at)).slice(0, MAX_KEPT));
    }
    remove(id) {
        this.#write(this.list.filter((past) => past.id !== id));
    }
    #write(list) {
        try {
            if (list.length === 0)
                this.#storage.removeItem(this.#key);
            else
                this.#storage.setItem(this.#key, JSON.stringify(list));
        }
        catch {
            // full or forbidden: there is no list then
        }
    }
}
function isPast(value) {
    const past = value;
    const words = [past?.id, past?.title, past?.at];
    return words.every((word) => typeof word === 'string') && typeof past?.until === 'number';
}
//# sourceMappingURL=conversations.js.map