import type { Strings } from './locales/strings.ts';
/**
 * The markdown of an answer while it grows. Blocks that can change no more are left alone; only the last two are rendered again, and
 * only what is new in them touches the page, so that a frame costs the same at the end of a long answer as at its start. Text that comes
 * for a code block that is still open is only appended. What depends on the whole text (reference links) is settled by `finish`,
 * which puts all of it there anew, for a screen reader to read out; a very long one is left to be read.
 */
export declare class StreamedMarkdown {
    #private;
    constructor(container: HTMLElement, strings: Strings);
    /** `text`: the whole text so far. */
    update(text: string): void;
    /** `text`: the whole text; it will not change. */
    finish(text: string): void;
}
