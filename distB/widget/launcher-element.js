import { html } from 'lit';
import { chatIcon } from './chat-icon.js';
import { whenIdle } from './idle.js';
import { keepKeys } from './keys.js';
import { loadChat } from './load-chat.js';
import { filled, localeOf, watchLocales } from './locales/index.js';
import { launcherWords } from './locales/launcher-words.js';
import { OptionsElement, oneOf } from './options-element.js';
import { scriptSays } from './script.js';
import { launcherStyles } from './styles/launcher.js';
import { themeStyles } from './styles/theme.js';
import { followViewport, holdPage } from './viewport.js';
/** From here down the panel takes the whole screen. */
const PHONE = '(max-width: 40rem), (max-height: 28rem)';
const PARTS = `root,header,avatar,title,status,conversations,new,close,list,past,search,banner,scroller,greeting,questions,question,log,note,message,message-user,\
message-assistant,body,activity,reasoning,foot,code,sources,time,link,action,footer,jump,composer,files,attach,input,send,stop`;
/**
 * `<baton-launcher>`: a button at the lower right that opens a chat in a panel (W1). Dispatches `baton-open`, `baton-close`
 * and `baton-unread` beside what the chat does.
 */
export class BatonLauncher extends OptionsElement {
    static styles = [themeStyles, launcherStyles];
    static properties = {
        unread: { attribute: false },
        position: { reflect: true },
        label: {},
        opener: {},
    };
    #phone = matchMedia(PHONE);
    #isOpen = false;
    /** What is in the panel is still on its way. */
    #isOpening = false;
    #cannotOpen = false;
    #letPageGo = () => { };
    #release = [];
    /** What had the focus before. */
    #before = null;
    constructor() {
        super();
        this.unread = 0;
        this.position = oneOf(scriptSays('position'), ['bottom-right', 'bottom-left']);
        this.label = scriptSays('label');
        this.opener = scriptSays('opener');
        keepKeys(this);
    }
    get isOpen() {
        return this.#isOpen;
    }
    /** The chat in the panel. It comes a moment after the launcher itself; `open` and `send` wait for it. */
    get chat() {
        return this.shadowRoot?.querySelector('baton-chat:defined') ?? null;
    }
    get state() {
        return this.chat?.state ?? null;
    }
    /** Opens the panel, with the cursor in the text box; on a phone that waits for a touch. */
    async open() {
        await this.updateComplete;
        if (this.#isOpen || this.#isOpening || !(await this.#load()))
            return;
        this.#isOpen = true;
        this.#before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
        this.#setUnread(0);
        this.#show();
        await this.updateComplete;
        this.chat?.connect();
        this.chat?.focusGently();
        this.#tell('baton-open');
    }
    /** Closes the panel; the conversation goes on. */
    async close() {
        if (!this.#isOpen)
            return;
        this.#isOpen = false;
        this.#dialog?.close();
        this.#letPageGo();
        this.requestUpdate();
        await this.updateComplete;
        const own = this.shadowRoot?.querySelector('.launcher');
        const next = this.opener === null ? own : this.#before;
        next?.focus({ preventScroll: true });
        this.#tell('baton-close');
    }
    /** Sends a message, whether the panel is open or not. Resolves once it is acknowledged; rejects with `ClientError`. */
    async send(content) {
        await Promise.all([this.updateComplete, loadChat()]);
        if (this.chat === null)
            throw new Error('the launcher is not on the page');
        return this.chat.send(content);
    }
    /** Opens the panel with `text` in its text box, for the visitor to send or to change. */
    async prefill(text) {
        await this.open();
        this.chat?.prefill(text);
    }
    /** Leaves the conversation as it is and begins a new one. */
    newConversation() {
        this.chat?.newConversation();
    }
    connectedCallback() {
        super.connectedCallback();
        const resized = () => this.#isOpen && this.#show();
        const clicked = (event) => this.#isOpener(event) && this.open();
        document.addEventListener('click', clicked);
        this.#phone.addEventListener('change', resized);
        this.#release = [
            whenIdle(() => loadChat().catch(() => { })), // opening the panel tries again
            () => this.#phone.removeEventListener('change', resized),
            () => document.removeEventListener('click', clicked),
            watchLocales(() => this.requestUpdate()),
            followViewport(this),
        ];
    }
    disconnectedCallback() {
        super.disconnectedCallback();
        for (const release of this.#release)
            release();
        this.#dialog?.close();
        this.#letPageGo();
        this.#isOpen = false;
    }
    render() {
        const { heading, assistant, unread, label, opener } = this;
        const locale = localeOf(this.languages, launcherWords);
        const { strings } = locale;
        return html `
      <button
        type="button" class="launcher" part="launcher" aria-label=${label ?? strings.openChat} title=${strings.openChat}
        aria-haspopup="dialog" aria-describedby="unread" aria-busy=${this.#isOpening}
        ?hidden=${this.#isOpen || opener !== null} @click=${() => this.open()}
      >
        <slot name="icon">${chatIcon}</slot>
        <span class="label" ?hidden=${!label}>${label}</span>
        <span class="badge" part="badge" aria-hidden="true" ?hidden=${unread === 0}>${unread > 99 ? '99+' : unread}</span>
      </button>
      <span id="unread" hidden>${unread === 0 ? '' : filled(strings.unread, unread)}</span>
      <p class="trouble" role="status" ?hidden=${!this.#cannotOpen}>${this.#cannotOpen ? strings.cannotOpen : ''}</p>
      <dialog
        part="panel" aria-label=${heading ?? assistant ?? strings.title}
        @keydown=${this.#pressed} @cancel=${this.#cancelled}
      >
        <baton-chat
          lazy closable exportparts=${PARTS} .lang=${locale.tag}
          @baton-dismiss=${() => this.close()} @baton-message=${this.#received}
        ><slot name="tools" slot="tools"></slot></baton-chat>
      </dialog>
    `;
    }
    updated() {
        const chat = this.shadowRoot?.querySelector('baton-chat');
        if (chat != null)
            this.passOn(chat);
    }
    #isOpener(event) {
        const { opener } = this;
        return opener !== null && event.composedPath().some((one) => one instanceof Element && one.matches(opener));
    }
    /** Resolves with whether there is something to open now. */
    async #load() {
        this.#isOpening = true;
        this.#cannotOpen = false;
        this.requestUpdate();
        this.#cannotOpen = await loadChat().then(() => false, () => true);
        this.#isOpening = false;
        this.requestUpdate();
        return this.isConnected && !this.#cannotOpen;
    }
    get #dialog() {
        return this.shadowRoot?.querySelector('dialog') ?? null;
    }
    /** As a window beside the page's content, or, on a phone, over all of it. */
    #show() {
        const dialog = this.#dialog;
        if (dialog === null)
            return;
        dialog.close();
        this.#letPageGo();
        this.#letPageGo = () => { };
        if (this.#phone.matches) {
            dialog.showModal();
            this.#letPageGo = holdPage();
        }
        else
            dialog.show();
        this.requestUpdate();
    }
    #pressed(event) {
        if (event.key !== 'Escape' || event.isComposing)
            return;
        event.preventDefault();
        event.stopPropagation();
        this.close();
    }
    #cancelled(event) {
        event.preventDefault();
        this.close();
    }
    #received({ detail }) {
        if (detail.message.role === 'assistant' && !this.#isOpen)
            this.#setUnread(this.unread + 1);
    }
    #setUnread(unread) {
        if (unread === this.unread)
            return;
        this.unread = unread;
        this.#tell('baton-unread', { unread });
    }
    #tell(name, detail = {}) {
        this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    }
}
//# sourceMappingURL=launcher-element.js.map