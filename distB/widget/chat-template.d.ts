import { type TemplateResult } from 'lit';
import type { ClientState } from '../client/index.ts';
import type { Locale } from './locales/index.ts';
/** All that the frame around the messages shows. */
export interface ChatModel {
    readonly locale: Locale;
    readonly state: ClientState;
    readonly heading: string | null;
    readonly assistant: string | null;
    readonly avatar: string | null;
    /** What can be asked by a press of a button now. */
    readonly questions: readonly string[];
    readonly closable: boolean;
    /** Why the last thing that was tried did not work; empty where there is nothing to say. */
    readonly problem: string;
    /** What was just done, for who does not see it; empty after a moment. */
    readonly said: string;
    /** There has been no connection for a while. */
    readonly unreachable: boolean;
    readonly loadingOlder: boolean;
    readonly following: boolean;
    /** There is something to send. */
    readonly hasDraft: boolean;
    /** The files that go along with it; null where the site takes none. */
    readonly files: TemplateResult | null;
    readonly hasPast: boolean;
    /** The other conversations, over the present one; null while they are not shown. */
    readonly past: TemplateResult | null;
}
export interface ChatActions {
    dismiss(): void;
    begin(): void;
    /** Shows the other conversations, or the present one again. */
    list(): void;
    jump(): void;
    stop(): void;
    /** Tries to connect at once. */
    reach(): void;
    /** Something was done that only eyes would notice. */
    said(event: CustomEvent<string>): void;
    ask(question: string): void;
    submit(event: Event): void;
    typed(): void;
    /** Files were chosen, pasted or dropped. */
    attach(files: FileList | null | undefined): void;
}
/** The chat's frame. What is in the log is not its own: `ConversationView` keeps that. */
export declare function chatTemplate(model: ChatModel, act: ChatActions): TemplateResult;
