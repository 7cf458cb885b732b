import { z } from 'zod';
declare const stackFile: z.ZodObject<{
    redis: z.ZodOptional<z.ZodObject<{
        port: z.ZodNumber;
        pid: z.ZodNumber;
    }, z.core.$strip>>;
    model: z.ZodOptional<z.ZodObject<{
        port: z.ZodNumber;
        pid: z.ZodNumber;
    }, z.core.$strip>>;
    replicas: z.ZodArray<z.ZodObject<{
        port: z.ZodNumber;
        pid: z.ZodNumber;
        id: z.ZodString;
    }, z.core.$strip>>;
}, z.core.$strip>;
export type StackFile = z.infer<typeof stackFile>;
/** `down` until it is started again; `starting` until it answers. */
export declare const STATES: readonly ['up', 'starting', 'frozen', 'draining', 'down'];
export type State = (typeof STATES)[number];
export declare const SIGNALS: {
    readonly kill: 'SIGKILL';
    readonly freeze: 'SIGSTOP';
    readonly drain: 'SIGTERM';
};
export type Blow = keyof typeof SIGNALS;
/** Throws `overloaded` where no stack runs: between two of them, or because this replica was started alone. */
export declare function readStackFile(path: string): StackFile;
/** Whether a process runs, by what the kernel says of it. */
export declare function stateOfProcess(pid: number): 'up' | 'frozen' | 'down';
/** A process that runs may still be starting, or already leaving: `/readyz` tells. */
export declare function stateOfReplica({ pid, port }: {
    readonly pid: number;
    readonly port: number;
}, basePath: string): Promise<State>;
/** False where the process has already gone. */
export declare function strike(pid: number, blow: Blow): boolean;
export {};
