import type { Strings } from './locales/strings.ts';
/** Code with a line above that says what language it is, and a button that copies it. */
export declare function codeBlock(text: string, language: string, strings: Strings): HTMLElement;
/** Colours the code in `container`. Without the means code stays plain. */
export declare function colourCode(container: ParentNode): Promise<void>;
