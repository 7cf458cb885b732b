import type { Dispatcher } from 'undici';
export interface BodyReader {
    /** Bytes, as the network brought them. */
    bytes(chunk: Buffer): void;
    /** There are no more. */
    end(): void;
    /** The connection broke. */
    error(thrown: Error): void;
}
/**
 * The body of a response, handed on by undici's dispatcher without a Node.js stream in between, which would cost
 * more than parsing what it carries (docs/performance.md). Nothing is read from the network until `read`, nor while paused.
 */
export declare class ResponseBody {
    #private;
    protected readonly controller: Dispatcher.DispatchController;
    constructor(controller: Dispatcher.DispatchController);
    /** Gives what comes, what is left after another reader included, to `reader`. */
    read(reader: BodyReader): void;
    pause(): void;
    resume(): void;
    protected flow(flows: boolean): void;
    /** Ends the connection: nobody hears of it. */
    cut(): void;
    /** Reads a body that is next to its end for nothing but its connection. */
    drain(): void;
    /** The text of its first `limit` bytes, or of what there is of them after `ms` or when the connection breaks. Its end. */
    beginning(limit: number, ms: number): Promise<string>;
    /** Of the dispatcher: */
    arrived(chunk: Buffer): void;
    ended(): void;
    failed(thrown: Error): void;
}
