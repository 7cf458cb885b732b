import { BatonClient } from '../client/index.ts';
import type { Message } from '../protocol/message.ts';
/** Somebody who follows the conversation with the client SDK, and the times at which text came. */
export declare class Viewer {
    #private;
    readonly client: BatonClient;
    /** When the text had which length; times as of `Date.now`. */
    readonly arrivals: {
        readonly at: number;
        readonly length: number;
    }[];
    /** When the session was open again after a lost connection. */
    readonly returns: {
        readonly at: number;
        readonly replica: string;
    }[];
    /** Text that was shown was changed or withdrawn. */
    wasTakenBack: boolean;
    /** Called with each new piece, and with null where the answer starts again from nothing. */
    onText: (piece: string | null) => void;
    constructor(url: string);
    get answer(): Message | undefined;
    get shown(): string;
    /** Resolves as soon as `condition` holds; it is looked at after every change. Rejects when `quit` is aborted. */
    until(condition: () => boolean, quit: AbortSignal): Promise<void>;
    /** When it was first shown more than `length` characters. */
    beyond(length: number): number | undefined;
}
