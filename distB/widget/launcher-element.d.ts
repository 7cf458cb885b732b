import { type PropertyDeclarations, type TemplateResult } from 'lit';
import type { ClientState, Message } from '../client/index.ts';
import type { BatonChat } from './chat-element.ts';
import { OptionsElement } from './options-element.ts';
/**
 * `<baton-launcher>`: a button at the lower right that opens a chat in a panel (W1). Dispatches `baton-open`, `baton-close`
 * and `baton-unread` beside what the chat does.
 */
export declare class BatonLauncher extends OptionsElement {
    #private;
    static styles: import("lit").CSSResult[];
    static properties: PropertyDeclarations;
    /** Messages that came while the panel was closed. */
    unread: number;
    /** The corner; the lower right one where nothing else is said (W1). */
    position: 'bottom-right' | 'bottom-left';
    /** Words beside the icon. */
    label: string | null;
    /** A selector of the site's own buttons: a click on one opens the panel, and the launcher's own is not shown. */
    opener: string | null;
    constructor();
    get isOpen(): boolean;
    /** The chat in the panel. It comes a moment after the launcher itself; `open` and `send` wait for it. */
    get chat(): BatonChat | null;
    get state(): ClientState | null;
    /** Opens the panel, with the cursor in the text box; on a phone that waits for a touch. */
    open(): Promise<void>;
    /** Closes the panel; the conversation goes on. */
    close(): Promise<void>;
    /** Sends a message, whether the panel is open or not. Resolves once it is acknowledged; rejects with `ClientError`. */
    send(content: string): Promise<Message>;
    /** Opens the panel with `text` in its text box, for the visitor to send or to change. */
    prefill(text: string): Promise<void>;
    /** Leaves the conversation as it is and begins a new one. */
    newConversation(): void;
    connectedCallback(): void;
    disconnectedCallback(): void;
    protected render(): TemplateResult;
    protected updated(): void;
}
