import type { IncomingMessage } from 'node:http';
/** One server-sent event. */
export interface ServerEvent {
    readonly event: string;
    readonly data: unknown;
    readonly id: string | undefined;
}
/** The events of a reply, as they come. Throws `Failure` where their data is not JSON. */
export declare function eventsOf(reply: IncomingMessage): AsyncGenerator<ServerEvent>;
