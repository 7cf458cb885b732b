import type { Program } from './child.ts';
/** The demo model, for those who have given no provider. */
export declare function modelProgram(port: number, dataDir: string): Program;
