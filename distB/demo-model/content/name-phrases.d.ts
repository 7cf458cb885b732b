/** How people say and ask their name in the languages other than English, and what the model says to it. */
import type { Language } from '../mind/language.ts';
export interface NamePhrases {
    readonly given: RegExp;
    readonly asked: RegExp;
    readonly unknown: string;
    known(name: string): string;
    noted(name: string): string;
}
export declare const NAME_PHRASES: {
    readonly [L in Language]?: NamePhrases;
};
