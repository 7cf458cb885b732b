import type { PropertyDeclarations, PropertyValues, TemplateResult } from 'lit';
import { BatonClient, type ClientState, type Message } from '../client/index.ts';
import { OptionsElement } from './options-element.ts';
/**
 * `<baton-chat>`: the whole chat, inline. It connects as soon as it is on the page; with `lazy` only where it has something
 * to resume, or when it is told to `connect`. Dispatches `baton-message` and `baton-state`.
 */
export declare class BatonChat extends OptionsElement {
    #private;
    static styles: import("lit").CSSResult[];
    static properties: PropertyDeclarations;
    lazy: boolean;
    /** Shows a button that dispatches `baton-dismiss`. */
    closable: boolean;
    constructor();
    /** What the SDK knows: connection, session, messages, outbox. A new object after every change. */
    get state(): ClientState;
    /** The SDK's client behind the chat, once it is on the page. Another server, user, token or storage takes another. */
    get client(): BatonClient | null;
    /** Opens the conversation, where that has not been done. */
    connect(): void;
    /** Sends a message, now or as soon as that is possible. Resolves once it is acknowledged; rejects with `ClientError`. */
    send(content: string): Promise<Message>;
    /** Ends the answer that streams; its text so far stays. */
    stop(): Promise<void>;
    /** Has the last answer made again. */
    regenerate(): Promise<void>;
    /** Leaves the conversation as it is and begins a new one. */
    newConversation(): void;
    /** Leaves the conversation as it is and goes on with another one of this visitor, by its session's id, or a new one. */
    switchTo(sessionId: string | null): void;
    /** What was said, whole, as `markdown` or `text`. */
    transcript(kind?: 'markdown' | 'text'): Promise<string>;
    /** Gives the visitor what was said as a file. */
    saveTranscript(): Promise<void>;
    /** Offers these as what to ask next, as buttons, until something is sent. */
    suggest(questions: readonly string[]): void;
    /** Puts `text` into the text box, for the visitor to send or to change. */
    prefill(text: string): void;
    /** Puts the cursor into the text box. */
    focus(options?: FocusOptions): void;
    /** Puts the focus into the chat: into the text box where that does not bring up a phone's keyboard. */
    focusGently(): void;
    connectedCallback(): void;
    disconnectedCallback(): void;
    protected willUpdate(): void;
    protected updated(changed: PropertyValues): void;
    protected render(): TemplateResult;
    /** For its list: keeps the focus where the visitor is at work. */
    listChanged(): Promise<void>;
}
