/** Finds `count` different loopback ports that nobody listens on. They are kept over restarts, so are chosen once. */
export declare function freePorts(count: number): Promise<number[]>;
/** Rejects with the system's error (`EADDRINUSE`, `EACCES` …) where nobody can listen there at present. */
export declare function checkListen(port: number, host: string): Promise<void>;
/** Who listens on a TCP port of this machine, as `nginx (process 123)`; undefined where it cannot be known. */
export declare function portOwner(port: number): string | undefined;
