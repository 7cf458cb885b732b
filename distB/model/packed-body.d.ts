import type { Transform } from 'node:stream';
import type { Dispatcher } from 'undici';
import { ResponseBody } from './response-body.ts';
/** What unpacks a body of that `content-encoding`; null where it is not packed, or in a way that nobody knows. */
export declare function unpackerOf(encoding: string | string[] | undefined): Transform | null;
/** A body that comes compressed although nobody asked for that. */
export declare class PackedBody extends ResponseBody {
    #private;
    constructor(controller: Dispatcher.DispatchController, unpacker: Transform);
    protected flow(flows: boolean): void;
    cut(): void;
    arrived(chunk: Buffer): void;
    ended(): void;
    failed(thrown: Error): void;
}
