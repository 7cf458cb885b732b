import type { App } from './context.ts';
/** One line for each request when it is over: its route, session and fate, never its query, headers or body. */
export declare function logRequests(app: App): void;
