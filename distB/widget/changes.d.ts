import type { ClientState, Message } from '../client/index.ts';
/** Messages that are new in `after`, or have reached their final status there; none where another conversation was opened. */
export declare function news(before: ClientState, after: ClientState): Message[];
/** Whether what a view shows beside the messages has changed. */
export declare function differs(before: ClientState, after: ClientState): boolean;
