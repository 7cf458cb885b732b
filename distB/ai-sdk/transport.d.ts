import type { ChatRequestOptions, ChatTransport, UIMessageChunk } from 'ai';
import { BatonClient, type BatonClientOptions } from '../client/index.ts';
import { type BatonUIMessage } from './ui-message.ts';
interface SendOptions extends ChatRequestOptions {
    readonly trigger: 'submit-message' | 'regenerate-message';
    readonly messageId: string | undefined;
    readonly messages: BatonUIMessage[];
    readonly abortSignal: AbortSignal | undefined;
}
/**
 * One conversation with a gateway as a transport of `useChat`: `useChat({ transport, resume: true })`. It follows the session over
 * lost connections and dead replicas by itself, and takes a running answer up after a reload. A chat's id is not Baton's session
 * id, which is kept in the client's storage: a second conversation takes a second transport with another `storageKey`.
 */
export declare class BatonChatTransport implements ChatTransport<BatonUIMessage> {
    #private;
    readonly client: BatonClient;
    /** A resumed answer is told from its start. */
    readonly resumeStreamIsReplay = true;
    constructor(options?: BatonClientOptions | BatonClient);
    /** Sends the last message, or has its answer made again. Aborting `abortSignal` stops the answer at the gateway, for everyone. */
    sendMessages(options: SendOptions): Promise<ReadableStream<UIMessageChunk>>;
    /** The running answer from its start, or null where none runs. Aborting before that is known only ends the asking. */
    reconnectToStream({ abortSignal }: {
        abortSignal?: AbortSignal | undefined;
    }): Promise<ReadableStream<UIMessageChunk> | null>;
    /** What was said so far, the running answer included, for `setMessages` after a reload. */
    history(): Promise<BatonUIMessage[]>;
    /** Ends the connection; the session, and an answer that streams, go on at the gateway. */
    close(): void;
}
export {};
