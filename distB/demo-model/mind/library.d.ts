import { type Language } from './language.ts';
export interface Page {
    readonly name: string;
    /** A question that this page answers, for suggestions; empty where it is not to be suggested. */
    readonly ask: string;
    /** The page that "tell me more" leads to. */
    readonly next: string;
    readonly keywords: readonly Keyword[];
    /** Markdown; several ways of saying it where the page has them. */
    readonly variants: readonly string[];
}
interface Keyword {
    readonly pattern: RegExp;
    readonly weight: number;
}
/** All pages of a language. */
export declare function pagesOf(language: Language): readonly Page[];
/** A page that the content is known to have. */
export declare function page(language: Language, name: string): Page;
/** The page whose keywords fit `question` best, longer keywords counting for more; undefined where none fits. */
export declare function pageAbout(language: Language, question: string): Page | undefined;
/** The page's text: the same variant for the same `seed`. */
export declare function textOf({ variants }: Page, seed: string): string;
export {};
