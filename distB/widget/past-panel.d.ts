import type { TemplateResult } from 'lit';
import type { BatonClient, ClientState, TokenSource } from '../client/index.ts';
import type { Locale } from './locales/index.ts';
import type { StorageName } from './options-element.ts';
/** The chat that the panel is a part of. */
export interface PastPanelHost {
    readonly client: BatonClient | null;
    readonly server: string;
    readonly token: TokenSource | null;
    readonly userId: string | null;
    readonly storage: StorageName;
    requestUpdate(): void;
    /** The list shows something else now; what had the focus may be gone. */
    listChanged(): void;
    switchTo(sessionId: string | null): void;
    saveTranscript(): Promise<void>;
}
/** The way to the visitor's other conversations: they are kept from the beginning, and listed once that is asked for. */
export declare class PastPanel {
    #private;
    isOpen: boolean;
    /** There is something to list. */
    hasAny: boolean;
    constructor(host: PastPanelHost);
    /** Whose conversations these are, and where they are kept, is known, or is other than before. */
    begin(): void;
    /** Costs nothing while only text comes. */
    changed(before: ClientState, state: ClientState): void;
    toggle(): Promise<void>;
    close(): void;
    /** The page goes: what was deleted cannot be taken back any more. */
    settle(): void;
    /** Null while it is not open. */
    render(locale: Locale): TemplateResult | null;
}
