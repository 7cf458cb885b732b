import { Conversations } from './conversations.js';
import { tried } from './tried.js';
/** The way to the visitor's other conversations: they are kept from the beginning, and listed once that is asked for. */
export class PastPanel {
    #host;
    #kept = null;
    #list = null;
    isOpen = false;
    /** There is something to list. */
    hasAny = false;
    constructor(host) {
        this.#host = host;
    }
    /** Whose conversations these are, and where they are kept, is known, or is other than before. */
    begin() {
        this.#kept = new Conversations(this.#host.storage, this.#host.userId);
        this.#count();
    }
    /** Costs nothing while only text comes. */
    changed(before, state) {
        const isNews = before.messages.length !== state.messages.length || before.answering !== state.answering;
        const gone = state.ended === null ? null : before.session;
        if (isNews)
            this.#kept?.note(state);
        if (gone !== null)
            this.#kept?.remove(gone.id);
        if (isNews || gone !== null)
            this.#count();
    }
    async toggle() {
        if (this.isOpen)
            return this.close();
        this.#list ??= await this.#load();
        this.isOpen = true;
        this.#host.requestUpdate();
    }
    close() {
        this.#list?.settle();
        this.isOpen = false;
        this.#count();
        this.#host.requestUpdate();
    }
    /** The page goes: what was deleted cannot be taken back any more. */
    settle() {
        this.#list?.settle();
    }
    /** Null while it is not open. */
    render(locale) {
        const present = this.#host.client?.state.session?.id ?? null;
        return this.isOpen && this.#list !== null ? this.#list.render(present, locale) : null;
    }
    async #load() {
        const { ConversationList } = await tried(() => import('./conversation-list.js'));
        const host = this.#host;
        return new ConversationList({
            list: () => this.#kept?.list ?? [],
            put: (past) => this.#kept?.put(past),
            remove: (id) => {
                this.#kept?.remove(id);
                if (host.client?.state.session?.id === id)
                    host.switchTo(null);
            },
            forget: (id) => void this.#forget(id),
            open: (id) => {
                this.close();
                if (host.client?.state.session?.id !== id)
                    host.switchTo(id);
            },
            save: () => void host.saveTranscript(),
            changed: () => host.listChanged(),
        });
    }
    async #forget(id) {
        const { server, token } = this.#host;
        try {
            const bearer = typeof token === 'function' ? await token() : token;
            const headers = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
            await fetch(`${server}/api/chat/sessions/${id}`, { method: 'DELETE', keepalive: true, headers });
        }
        catch (error) {
            console.warn(`baton-chat: ${error}`); // it is gone from the list, and expires by itself
        }
    }
    #count() {
        this.hasAny = (this.#kept?.list.length ?? 0) > 0;
    }
}
//# sourceMappingURL=past-panel.js.map