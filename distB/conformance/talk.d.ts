import { type Connection } from './connection.ts';
import { type Delta, type Message, type ReplyOf } from './shapes.ts';
/** Milliseconds that an answer may take. */
export declare const ANSWER_MS = 120000;
export type Sent = ReplyOf<'message:send'>;
/** A session, as one connection has it open. */
export declare class Talk {
    #private;
    readonly connection: Connection;
    readonly opened: ReplyOf<'session:open'>;
    readonly sessionId: string;
    static begin(connection: Connection, payload: object): Promise<Talk>;
    private constructor();
    /** Sends a message. Where the allowance is used up (X5), it waits until it is there again, once. */
    say(content: string, id?: string): Promise<Sent>;
    /** The final message of an answer's attempt. */
    end(messageId: string, attempt?: number): Promise<Message>;
    /** Waits for the first text of an answer. Rejects with `Skip` where the answer ended with it. */
    begun(messageId: string, attempt?: number): Promise<void>;
    isOver(messageId: string, attempt?: number): boolean;
    /** What this connection was told of an answer's attempt, in order. */
    deltas(messageId: string, attempt?: number): Delta[];
    /** Has everything that was sent to this connection come. */
    flush(): Promise<void>;
}
/**
 * The deltas joined, held to D2: each begins where the text ends, from `start` on. Where several replicas wrote the answer, the
 * later one may repeat what the earlier one had shown.
 */
export declare function joined(deltas: readonly Delta[], start?: string, mayRepeat?: boolean): string;
/** The client's whole rule (D3), for one answer whose `content` is held: what is held when all deltas were taken. */
export declare function merged(held: Message, deltas: readonly Delta[]): string;
/** Whether more than one replica added to an answer. */
export declare function isHandedOver({ metadata }: Message): boolean;
