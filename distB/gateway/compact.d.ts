import type { Socket } from 'socket.io';
/**
 * Lets go of what a connection needs no more once it is served: the upgrade's request with its headers, and the handshake
 * with its token. They would be a third of what an idle connection weighs (docs/performance.md). Socket.IO's own
 * documentation advises the first: https://socket.io/docs/v4/memory-usage/.
 */
export declare function compact(socket: Socket): void;
