/** One client's entries. A storage that refuses (private mode, quota, blocked cookies) is as good as none: nothing here throws. */
export class ClientStorage {
    #storage;
    #prefix;
    constructor(choice, prefix) {
        this.#storage = storageOf(choice);
        this.#prefix = prefix;
    }
    get sessionId() {
        return this.#read('session');
    }
    set sessionId(id) {
        if (id !== this.sessionId)
            this.#write('session', id);
    }
    get unsent() {
        try {
            const list = JSON.parse(this.#read('outbox') ?? '[]');
            return Array.isArray(list) ? list.filter(isDraft) : [];
        }
        catch {
            return [];
        }
    }
    // Read, change, write: another tab of the same site may have entries of its own in the list.
    keep(draft) {
        this.#writeUnsent([...this.unsent.filter((other) => other.id !== draft.id), draft]);
    }
    drop(id) {
        const unsent = this.unsent;
        if (unsent.some((draft) => draft.id === id))
            this.#writeUnsent(unsent.filter((draft) => draft.id !== id));
    }
    /** Calls back when another tab has changed the session's id. Returns the function that ends it. */
    watch(onChange) {
        if (typeof window === 'undefined')
            return () => { };
        const listen = (event) => {
            if (event.storageArea === this.#storage && event.key === this.#key('session'))
                onChange();
        };
        window.addEventListener('storage', listen);
        return () => window.removeEventListener('storage', listen);
    }
    #writeUnsent(drafts) {
        this.#write('outbox', drafts.length === 0 ? null : JSON.stringify(drafts));
    }
    #key(name) {
        return `${this.#prefix}:${name}`;
    }
    #read(name) {
        try {
            return this.#storage.getItem(this.#key(name));
        }
        catch {
            return null;
        }
    }
    #write(name, value) {
        try {
            if (value === null)
                this.#storage.removeItem(this.#key(name));
            else
                this.#storage.setItem(this.#key(name), value);
        }
        catch {
            // full or forbidden: the conversation goes on, only a reload will not find it
        }
    }
}
/** What keeps entries as `choice` says; a memory of its own where that is none, or forbidden. */
export function storageOf(choice) {
    try {
        if (choice === 'local')
            return localStorage;
        if (choice === 'session')
            return sessionStorage;
        if (choice !== 'none')
            return choice;
    }
    catch {
        // the very access is forbidden where a frame's cookies are blocked
    }
    return memory();
}
function memory() {
    const entries = new Map();
    return {
        getItem: (key) => entries.get(key) ?? null,
        setItem: (key, value) => entries.set(key, value),
        removeItem: (key) => entries.delete(key),
    };
}
function isDraft(value) {
    const draft = value;
    return typeof draft?.id === 'string' && typeof draft.content === 'string';
}
//# sourceMappingURL=storage.js.map