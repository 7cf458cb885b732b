import { LitElement, type PropertyDeclarations } from 'lit';
import type { Metadata, TokenSource } from '../client/index.ts';
import type { Attach } from './attachments.ts';
export type Theme = 'auto' | 'light' | 'dark';
export type StorageName = 'local' | 'session' | 'none';
/** What a chat and its launcher can be told alike, as attributes or properties (W1). What they are not told, the widget's script may say. */
export declare abstract class OptionsElement extends LitElement {
    static properties: PropertyDeclarations;
    /** Where the gateway is. */
    server: string;
    userId: string | null;
    /** A token, or, as a property, what fetches a fresh one. */
    token: TokenSource | null;
    theme: Theme;
    /** The first words of the assistant. */
    greeting: string | null;
    heading: string | null;
    /** The name of the assistant. */
    assistant: string | null;
    /** The address of its picture. */
    avatar: string | null;
    /** Questions to begin with, as buttons; in one string they are separated by `|`. */
    starters: string | readonly string[] | null;
    storage: StorageName;
    /** Goes along with each message of the visitor; as an attribute it is JSON. */
    metadata: Metadata | null;
    /** Tells by a sound that an answer has come which is not seen. */
    sound: boolean;
    /** Lets the visitor say what an answer is worth. */
    feedback: boolean;
    /** Takes a file of the visitor's to a place of the site's. Without it there are no files. */
    onattach: Attach | null;
    constructor();
    /** Tells `chat` what this one was told. */
    protected passOn(chat: OptionsElement): void;
    /** The languages that are wanted, first the most (W1). */
    get languages(): readonly (string | null)[];
}
/** Those of an element in `place` whose own language is `lang`, where it has one. */
export declare function wantedLanguages(lang: string, place: Element | null): readonly (string | null)[];
export declare function oneOf<const T extends string>(value: string | null, allowed: readonly [T, ...T[]]): T;
