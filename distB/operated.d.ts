import type { Operators } from './access/operators.ts';
import type { Gateway } from './gateway/server.ts';
import type { createLog } from './observability/log.ts';
import type { Build } from './ports/build.ts';
import type { Load } from './ports/load.ts';
import type { Log } from './ports/log.ts';
import { type Operated, type ReplicaFacts } from './ports/report.ts';
type Logger = ReturnType<typeof createLog>;
export interface OperatedParts {
    readonly address: string;
    readonly build: Build;
    readonly operators: Operators;
    readonly log: Logger;
    readonly audit: Log;
    readonly gateway: Gateway;
    readonly load: Load;
    readonly lagMs: () => number;
    readonly draining: () => boolean;
    readonly held: () => Pick<ReplicaFacts, 'backend' | 'heldSessions' | 'heldBytes' | 'heldMaxBytes'>;
}
/** This process, for operators: what it says of itself, and how it obeys. */
export declare function createOperated(parts: OperatedParts): Operated;
export {};
