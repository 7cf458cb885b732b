import type { Message } from '../../protocol/message.ts';
/** The newest of `messages` that one reply may carry, oldest first: as many as fit, and one in any case. */
export declare function newestThatFit(messages: readonly Message[]): readonly Message[];
