import type { Turn } from './prompt.ts';
/** The answer to the last user turn of `turns`; a greeting where there is none. Turns after it are ignored. */
export declare function answerTo(turns: readonly Turn[]): string;
/** Whether `text` asks for no more than to go on. */
export declare function asksForMore(text: string): boolean;
