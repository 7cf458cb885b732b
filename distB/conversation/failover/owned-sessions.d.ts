import type { Log } from '../../ports/log.ts';
import type { Membership } from '../../ports/membership.ts';
/**
 * The sessions whose running answer this replica may own, as the membership has them. Counted, because a session's next
 * answer may be asked for while its last one is still being put away.
 */
export declare class OwnedSessions {
    #private;
    /** `onFirst`: something is entered where nothing was. */
    constructor(membership: Membership, address: string, log: Log, onFirst?: () => void);
    /** Resolves once the others would find the session; only then may an answer of it be claimed. Rejects once this replica goes. */
    enter(sessionId: string): Promise<void>;
    /** One reason less to be tracked. An entry that stays behind because the store is away costs a look, nothing more. */
    leave(sessionId: string): void;
    has(sessionId: string): boolean;
    /** Nothing is entered any more; resolves once the others would find what was, so that this replica can be taken out. */
    close(): Promise<void>;
    /** Enters everything again: this replica was taken for dead, and what it had tracked may have been cleared up. */
    renew(): Promise<void>;
}
