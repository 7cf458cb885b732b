import { type DestinationStream, type Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
/**
 * JSON lines on stdout, each with `replica`, `level` as a word and an ISO time. What goes by a secret's name is hidden
 * up to two objects deep. A session's id is a capability (X3): what is logged as `session` or `sessionId` is its digest.
 * Satisfies the `Log` port.
 */
export declare function createLog(settings: Pick<Settings, 'LOG_LEVEL' | 'REPLICA_ID'>, destination?: DestinationStream): Logger;
/** The first 12 hexadecimal digits of an id's SHA-256: enough to find the lines of one session, no way back to its id. */
export declare function digestOf(sessionId: unknown): string;
