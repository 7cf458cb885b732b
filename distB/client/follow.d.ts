import type { Message } from '../protocol/message.ts';
import type { ClientState } from './client-state.ts';
interface Followed {
    readonly state: ClientState;
    subscribe(listener: (state: ClientState) => void): () => void;
}
/** `BatonClient.follow`. */
export declare function follow(client: Followed, messageId: string, onView: (message: Message) => void, signal: AbortSignal | undefined): Promise<Message>;
export {};
