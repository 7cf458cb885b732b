import type { Socket } from 'socket.io';
import type { GatewayEvent, GatewayEvents } from '../protocol/events.ts';
/** An event as it goes over the wire: the Socket.IO packet, and the WebSocket frame that carries it. */
export interface Frame {
    readonly packet: string;
    readonly bytes: Buffer;
}
/** Encodes an event once for however many sockets: header and payload in one buffer, as a server sends it (unmasked). */
export declare function frameOf<E extends GatewayEvent>(event: E, payload: GatewayEvents[E]): Frame;
/** Encodes the acknowledgement of a request. */
export declare function replyFrame(ackId: number, reply: object): Frame;
/**
 * Acknowledges a request, and gives the bytes that it took. The memory of a large reply is let go of as soon as the network
 * has taken it, or is gone. `onUnsent` is called where bytes wait in this process.
 */
export declare function writeReply(socket: Socket, ackId: number, reply: object, onUnsent: (socket: Socket) => void): number;
/**
 * Writes a frame beside which others are likely to be written in the same turn of the event loop, with these: what is new in a
 * session, and the acknowledgement. `onUnsent` is called where bytes wait in this process after that.
 */
export declare function gatherFrame(socket: Socket, frame: Frame, onUnsent: (socket: Socket) => void): void;
/**
 * Writes a frame to a socket past Socket.IO's own encoder, which would encode once per socket and cost twice as much
 * (docs/performance.md). Where nothing waits before it, it goes to the network as it is: the queues of Engine.IO and ws
 * would cost half as much again as the write itself. Else it waits in these queues, in the way in which the library's own
 * adapter broadcasts. Over polling the packet is used. False where bytes of it wait in this process. `onOut` is called once
 * the network has done with what it was given as it is, in whatever way.
 */
export declare function writeFrame({ conn }: Socket, frame: Frame, onOut?: () => void): boolean;
