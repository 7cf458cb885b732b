import { type ServerOptions, WebSocketServer } from 'ws';
/**
 * The WebSockets under Engine.IO. What a client sends in one go is taken one message a turn of the event loop, so that
 * everybody else has their turn in between (X6): a read may give thousands. Pings are counted before they are answered.
 */
export declare class TurnTakingServer extends WebSocketServer {
    constructor(options: ServerOptions);
}
