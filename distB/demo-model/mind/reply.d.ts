import type { Prompt } from './prompt.ts';
export declare function replyTo({ turns, continuesLast }: Prompt): string;
