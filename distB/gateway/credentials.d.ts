import type { Socket } from 'socket.io';
import type { Authenticator, Identity } from '../access/authenticate.ts';
import { type Clock } from '../ports/clock.ts';
import type { AuthExpiring, RenewRequest } from '../protocol/events.ts';
export interface CredentialsDeps {
    readonly clock: Clock;
    readonly authenticator: Authenticator;
    /** Called before the token of a connection's socket ends, and when it has. */
    readonly expiring: (socket: Socket, notice: AuthExpiring) => void;
    readonly expired: (socket: Socket) => void;
}
/** For whom a connection speaks, and until when (X3). A fresh token of the same user makes that longer. */
export declare class Credentials {
    #private;
    constructor(socket: Socket, identity: Identity, deps: CredentialsDeps);
    /** Whom the last token names. */
    get identity(): Identity;
    renew({ token }: RenewRequest): Promise<{
        expiresInMs: number | null;
    }>;
    close(): void;
}
