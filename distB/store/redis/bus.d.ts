import type { Bus, BusMessage } from '../../ports/bus.ts';
import type { Log } from '../../ports/log.ts';
import { type Meter } from '../../ports/meter.ts';
import type { RedisConnections } from './connect.ts';
/** The bus over one sharded channel per replica. The messages of one turn of the event loop to one replica travel as one JSON array. */
export declare class RedisBus implements Bus {
    #private;
    constructor(connections: Pick<RedisConnections, 'commands' | 'keys' | 'bus'>, options: {
        readonly address: string;
        readonly log: Log;
        readonly meter?: Meter;
    });
    /** Resolves once messages arrive; to be awaited before anybody learns this replica's address. */
    start(): Promise<void>;
    send(replica: string, message: BusMessage): void;
    receive(handler: (message: BusMessage) => void): void;
    onUnreached(handler: (replica: string, sessionId: string) => void): void;
    /** Sends what was handed over and takes no more. */
    close(): Promise<void>;
}
