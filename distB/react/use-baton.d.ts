import { BatonClient, type BatonClientOptions, type ClientState } from '../client/index.ts';
/** The conversation as it is now, and what can be done with it; the functions stay the same from render to render. */
export interface Baton extends ClientState, Pick<BatonClient, 'send' | 'stop' | 'regenerate' | 'retry' | 'discard' | 'clear' | 'newConversation' | 'switchTo'> {
    /** For what the hook does not offer. */
    readonly client: BatonClient;
    /** Whether there are messages before those in `messages`. */
    readonly hasEarlier: boolean;
    /** Brings up to `limit` (default 50) earlier messages into `messages`. */
    readonly loadEarlier: (limit?: number) => Promise<void>;
}
/**
 * One conversation with a gateway, connected while the component is mounted. Another `url`, `userId`, `resume` or
 * `storageKey` is another conversation; a `token` function may change with each render. A `BatonClient` instead of options
 * is shared and its owner's: it is opened, and never closed, here.
 */
export declare function useBaton(options?: BatonClientOptions | BatonClient): Baton;
