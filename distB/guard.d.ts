import type { Log } from './ports/log.ts';
import type { Meter } from './ports/meter.ts';
/**
 * The last resort (X6): what was thrown where nobody caught it ends one piece of work, not the replica with everybody's
 * answers. It is a bug all the same: it is logged as an error with its stack and counted as `baton_caught_total`.
 *
 * Thrown away is the call that threw, nothing else: its caller is told nothing and waits until its own time
 * limit; its socket, session and answer stay as they were at that instant. What Redis holds is whole in any case, because
 * each change to it is one script. Gives what takes the guard away again.
 */
export declare function guardProcess(log: Log, meter: Meter): () => void;
