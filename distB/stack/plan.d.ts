import type { Program } from './child.ts';
import { type RedisProgram } from './redis.ts';
import type { StackSettings } from './settings.ts';
/** All programs of one stack, each with the port that it keeps. */
export interface Plan {
    readonly url: string;
    readonly redis: RedisProgram | undefined;
    readonly model: Program | undefined;
    readonly replicas: readonly Program[];
    readonly nginx: Program;
}
/** nginx cannot have the port that it is to listen on. */
export declare class PortUnavailable extends Error {
    readonly name = "PortUnavailable";
}
/** Chooses the ports and lays out the programs. Throws `PortUnavailable` at once where PORT is taken. */
export declare function makePlan(settings: StackSettings): Promise<Plan>;
