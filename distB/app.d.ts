import type { readSettings } from './config/settings.ts';
import type { Log } from './ports/log.ts';
import type { Meter } from './ports/meter.ts';
type AppSettings = ReturnType<typeof readSettings>;
export interface App {
    /** The port that it listens on. */
    readonly port: number;
    readonly log: Log;
    readonly meter: Meter;
    /** Unready at once, then sockets leave and answers finish within `DRAIN_TIMEOUT` (F5); resolves when all is released. */
    stop(): Promise<void>;
}
/** Composes one replica from its parts and starts it. Rejects, with everything released, where a part cannot start. `remarks` go into its log. */
export declare function startApp(settings: AppSettings, remarks?: readonly string[]): Promise<App>;
export {};
