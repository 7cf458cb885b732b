import type { FastifyRequest } from 'fastify';
import type { Log } from '../ports/log.ts';
/** What an act is done to. */
export interface Target {
    readonly session?: string;
    readonly message?: string;
    /** Of a replica, its address. */
    readonly target?: string;
    readonly value?: string;
}
/** Writes a line for every act of an operator: who, what, to what, and what came of it; when is the line's own time. */
export declare class Audit {
    #private;
    constructor(log: Log);
    /** Does it, and writes its line, also where it fails. */
    of<T>({ operator: { name: by, address } }: Pick<FastifyRequest, 'operator'>, act: string, target: Target, work: () => Promise<T>): Promise<T>;
}
