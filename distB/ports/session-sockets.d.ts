import type { EndReason } from '../protocol/events.ts';
/** The sockets that opened a session, wherever they are connected. */
export interface SessionSockets {
    /**
     * Tells every socket of the session `session:ended` and takes it out of the session. `everywhere` reaches the other
     * replicas too; `here` is for what each replica finds out by itself (expiry). Never throws.
     */
    end(sessionId: string, reason: EndReason, scope: 'everywhere' | 'here'): void;
}
