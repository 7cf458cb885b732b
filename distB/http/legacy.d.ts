import { type App, type RouteContext } from './context.ts';
/** The routes of the older API: `/api/session/*` and `/api/send-message`. */
export declare function registerLegacy(app: App, context: RouteContext): void;
