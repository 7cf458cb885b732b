import type { Load } from '../ports/load.ts';
/** Tells from samples whether a process is saturated. */
export declare class Saturation {
    #private;
    /** `lateMs`: by how much the sample comes too late; `now` in milliseconds, of any clock that only goes forward. */
    sample(utilisation: number, lateMs: number, now: number): void;
    get saturated(): boolean;
}
/** Node's own measure, sampled so that asking costs nothing. `onSample` is told by how many milliseconds a sample came late. */
export declare function systemLoad(onSample: (lateMs: number) => void): Load;
