import type { Log } from './ports/log.ts';
/** Released last in, first out. */
export declare class ReleaseStack {
    #private;
    add(release: () => unknown): void;
    release(log: Log): Promise<void>;
}
