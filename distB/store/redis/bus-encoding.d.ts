import type { BusMessage } from '../../ports/bus.ts';
/** A bus message as it is sent: with the number of the protocol that it is of (G8). */
export declare function encodeBusMessage(message: BusMessage): string;
/**
 * The messages in one publication, and how much in it is malformed (X6). Those of kinds that this version does not know are
 * passed over, one by one (G8).
 */
export declare function busMessagesIn(json: string): {
    readonly messages: readonly BusMessage[];
    readonly malformed: number;
};
