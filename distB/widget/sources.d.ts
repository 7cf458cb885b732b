import type { Strings } from './locales/strings.ts';
/** What an answer was made from (S8): a card each, with its title and the site that it leads to. */
export declare function sourceCards(sources: unknown, strings: Strings): Node[];
