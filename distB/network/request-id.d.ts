import type { IncomingMessage } from 'node:http';
/** Under which a request stands in the logs: what nginx has called it, where it came through one, else one of its own. */
export declare function requestId({ headers }: IncomingMessage): string;
