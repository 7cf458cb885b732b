import type { Log } from '../../ports/log.ts';
/** Something that reaches Redis over sockets of its own, and mends them. */
export interface Link {
    readonly ready: boolean;
    /** Why it was lost or could not be made; undefined while nothing has gone wrong yet. */
    readonly lastError: Error | undefined;
    /** Calls `listener` whenever `ready` has changed. */
    onChange(listener: () => void): void;
    /** Lets what is under way finish, within the command timeout, and ends it. */
    close(): Promise<void>;
}
/** Whether a link can be used. Losing it and having it back is logged once each. */
export declare class LinkState {
    #private;
    constructor(name: string, log: Log);
    get ready(): boolean;
    get lastError(): Error | undefined;
    onChange(listener: () => void): void;
    failed(error: Error): void;
    turn(ready: boolean): void;
    /** From now on nothing is logged: the end is meant. */
    close(): void;
}
