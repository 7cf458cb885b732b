import type { Program } from './child.ts';
/** The variables of nginx.conf in which its variants differ. */
export interface Edge {
    readonly BATON_LISTEN: string;
    readonly BATON_EDGE: string;
    readonly BATON_CONNECTIONS: string;
    readonly BATON_ACCESS_LOG: string;
}
/**
 * nginx on `host:port` before `replicaPorts`, with all of its files in the data directory, so that it needs no root.
 * Where root starts it, its workers are somebody who may do nothing, and may not pass through the data directory either:
 * their paths start in the working directory, where they stand already.
 */
export declare function nginxProgram(port: number, host: string, replicaPorts: readonly number[], dataDir: string, basePath?: string, edge?: Partial<Edge>): Program;
/** The address under which this machine reaches a server that listens on `host`, as it stands in a URL. */
export declare function reachable(host: string): string;
