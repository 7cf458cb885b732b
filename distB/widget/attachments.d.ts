import { type TemplateResult } from 'lit';
import type { Message } from '../client/index.ts';
import type { Strings } from './locales/strings.ts';
/** Takes a file to a place of the site's, and gives its address there. */
export type Attach = (file: File) => Promise<string>;
/** What goes along with a message, in its `metadata.attachments`. */
export interface Attachment {
    readonly name: string;
    readonly type: string;
    readonly url: string;
}
/** The files that go along with the next message, on their way or there. */
export declare class Attachments {
    #private;
    constructor(changed: () => void, failed: (error: unknown) => void);
    get isEmpty(): boolean;
    /** All of them are where the site wants them. */
    get isReady(): boolean;
    add(files: Iterable<File>, attach: Attach): void;
    /** Gives what is there, and begins anew. */
    take(): readonly Attachment[];
    render(strings: Strings): TemplateResult;
}
/** The words of a message, with links to its files for the model. */
export declare function withLinks(text: string, files: readonly Attachment[]): string;
/** What the visitor wrote, and a list of links to the files in it. */
export declare function shownOf({ content, metadata }: Pick<Message, 'content' | 'metadata'>, strings: Strings): {
    text: string;
    files: HTMLUListElement[];
};
