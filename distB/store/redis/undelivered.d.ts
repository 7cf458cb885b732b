import type { BusMessage } from '../../ports/bus.ts';
/** The sessions of which other replicas were not told something, because a publication failed. Bounded per replica. */
export declare class Undelivered {
    #private;
    get isEmpty(): boolean;
    add(replica: string, messages: readonly BusMessage[]): void;
    /** What each replica is to be told instead. Nothing is kept of it. */
    take(): readonly (readonly [replica: string, looks: readonly BusMessage[]])[];
}
