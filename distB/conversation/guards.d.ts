import type { UsedUp } from '../ports/quotas.ts';
import { type StoredSession } from '../ports/session-store.ts';
import { BatonError } from '../protocol/errors.ts';
import type { Caller } from './api.ts';
/** What the use cases refuse, and how it is said. */
export declare const notFound: () => BatonError;
export declare const busy: () => BatonError;
export declare const raced: () => BatonError;
export declare const saturated: () => BatonError;
export declare const exhausted: (retryAfterMs: number) => BatonError;
export declare const usedUp: ({ what, whose, retryAfterMs }: UsedUp) => BatonError;
export declare const noSuchMessage: () => BatonError;
export declare const idTaken: () => BatonError;
export declare const limited: (retryAfterMs: number) => BatonError;
/** A store that cannot be asked is a gateway that cannot serve now (G1). */
export declare function orOverloaded<T>(call: Promise<T>): Promise<T>;
/** The user a session will belong to: the caller's own where callers have one (X3). */
export declare function userOf(caller: Caller, userId: string | undefined): string | null;
/** Refuses to find sessions by a user id that anybody could have named (X3). */
export declare function checkUserKnown(caller: Caller, trustUserIds: boolean, field: string): void;
export declare function checkOwner(caller: Caller, session: StoredSession): void;
export declare function checkContent(content: string, maxBytes: number): void;
/** What was acknowledged as not persisted went with the replica that had it (G4). */
export declare function undone(): BatonError;
