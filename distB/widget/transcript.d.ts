import type { Message } from '../client/index.ts';
import type { Locale } from './locales/index.ts';
/** What was said, to be kept: who, when, and the words as they were written. */
export declare function transcriptOf(messages: readonly Message[], kind: 'markdown' | 'text', locale: Locale): string;
/** Hands the text to the visitor as a file. */
export declare function saveText(name: string, text: string): void;
