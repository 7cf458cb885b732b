import type { ResponseRun } from './response-run.ts';
interface Kept {
    readonly run: ResponseRun;
}
/** The responses that can be read again: each about 10 minutes from its end, all together at most `limit`. */
export declare class ResponseStore<Response extends Kept = Kept> {
    #private;
    constructor(options: {
        limit: number;
        now: () => number;
    });
    /** Makes room by forgetting what has ended, the oldest first. False where all that is kept still runs. */
    makeRoom(): boolean;
    add(id: string, response: Response): void;
    get(id: string): Response | undefined;
    /** For the end of the process: no timer stays behind. */
    cancelAll(): void;
}
export {};
