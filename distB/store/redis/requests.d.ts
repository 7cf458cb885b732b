/** What the scripts are given as ARGV, in the order that their heads name. */
import type { AppendItem, BeginRequest, ReconcileRequest, RegenerateRequest, Watch } from '../../ports/session-store.ts';
import type { Keys } from './keys.ts';
import type { Arguments } from './scripts.ts';
export declare function beginArguments(request: BeginRequest, ttlSeconds: number, maxMessages: number): Arguments;
export declare function watchArguments(watch: Watch | null): readonly [watcher: string, id: number];
export declare function regenerateArguments({ answer, owner, version }: RegenerateRequest, ttlSeconds: number): Arguments;
export declare function reconcileArguments(request: ReconcileRequest, ttlSeconds: number, maxMessages: number): Arguments;
export declare function appendArguments(keys: Keys, items: readonly AppendItem[]): Arguments;
export declare function keepArguments(keys: Keys, answers: readonly {
    sessionId: string;
    epoch: number;
}[], ttlSeconds: number): Arguments;
