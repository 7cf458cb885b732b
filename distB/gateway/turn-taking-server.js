import { WebSocketServer } from 'ws';
/** A message may come in pieces; of 128 KiB, each may be as small as what a network carries at once. */
const MAX_FRAGMENTS = 1024;
/**
 * The WebSockets under Engine.IO. What a client sends in one go is taken one message a turn of the event loop, so that
 * everybody else has their turn in between (X6): a read may give thousands. Pings are counted before they are answered.
 */
export class TurnTakingServer extends WebSocketServer {
    constructor(options) {
        super({ ...options, allowSynchronousEvents: false, autoPong: false, maxFragments: MAX_FRAGMENTS });
    }
}
//# sourceMappingURL=turn-taking-server.js.map