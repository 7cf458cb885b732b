import type { Strings } from './locales/strings.ts';
export type Rating = 'up' | 'down' | null;
/** Two buttons that say what an answer is worth; the one that is pressed can be pressed again to take it back. */
export declare function thumbs(strings: Strings, rate: (rating: Rating) => void): HTMLElement[];
