import { type App, type RouteContext } from './context.ts';
/** Sending a message and reading its answer, whole or as it streams. */
export declare function registerMessages(app: App, context: RouteContext): void;
