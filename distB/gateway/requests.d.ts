import type { ConversationApi } from '../conversation/api.ts';
import { BatonError } from '../protocol/errors.ts';
import type { Acknowledgement } from '../protocol/events.ts';
import type { Connection } from './connection.ts';
export declare function isLarge(event: string): boolean;
/** Checks a client's event, does it, and gives what acknowledges it; never rejects. */
export declare function acknowledge(connection: Connection, api: ConversationApi, event: string, payload: unknown, onError: (error: BatonError) => void): Promise<Acknowledgement<object>>;
