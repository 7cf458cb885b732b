/** Things to do instead of to tell: handy for watching a stream, since everyone sees at once what is missing. */
import type { Inquiry } from './inquiry.ts';
/** What the question asks to be done; undefined where it only asks. */
export declare function task({ question }: Inquiry): string | undefined;
