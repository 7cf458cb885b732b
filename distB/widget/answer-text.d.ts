import type { Strings } from './locales/strings.ts';
import type { StreamedMarkdown } from './streamed-markdown.ts';
/** An answer's text on the page, while it grows and when it is whole. */
export type AnswerText = Pick<StreamedMarkdown, 'update' | 'finish'>;
/** What reads markdown is loaded after the chat, which is seen before there is an answer. Null where it is there. */
export declare function loadMarkdown(): Promise<void> | null;
export declare function answerText(container: HTMLElement, strings: Strings): AnswerText;
