import type { Strings } from './locales/strings.ts';
/** Folds a long text, where that was not done before. Gives the button that opens and folds it again; nothing where it is short. */
export declare function folding(body: HTMLElement, strings: Strings): Node[];
