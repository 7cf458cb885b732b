import type { Program } from './child.ts';
import { type StackSettings } from './settings.ts';
export interface Neighbours {
    readonly redisUrl: string | undefined;
    readonly modelPort: number | undefined;
}
/** One gateway process. */
export declare function replicaProgram(id: string, port: number, neighbours: Neighbours, settings: StackSettings): Program;
