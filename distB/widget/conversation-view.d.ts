import type { ClientState } from '../client/index.ts';
import type { Locale } from './locales/index.ts';
import { type MessageActions } from './message-view.ts';
/**
 * The messages in their log. A frame in which only the last message changed costs the same however long the history is.
 * Of a long history the end is there first; the rest is added above it without moving what is read.
 */
export declare class ConversationView {
    #private;
    constructor(log: HTMLElement, scroller: HTMLElement, locale: Locale, actions: MessageActions);
    show({ messages, outbox, session, activity }: ClientState): void;
    stop(): void;
    /** Puts the whole history on the page now: it is printed. */
    showAll(): void;
}
