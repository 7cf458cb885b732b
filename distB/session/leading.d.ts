import type { Message } from '../protocol/message.ts';
/** How many of the first messages take at most `bytes`, roughly; at least one, where there is one. */
export declare function leading(messages: readonly Message[], bytes: number): number;
