import type { Language } from './language.ts';
import type { Turn } from './prompt.ts';
/** The question that is to be answered, and what was said before it. */
export interface Inquiry {
    readonly question: string;
    readonly language: Language;
    /** The turns before the question, system turns left out. */
    readonly earlier: readonly Turn[];
}
export declare function userTexts(inquiry: Inquiry): string[];
/** On one line, at most `length` characters, never cut inside a surrogate pair. */
export declare function brief(text: string, length: number): string;
