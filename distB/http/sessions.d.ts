import { type App, type RouteContext } from './context.ts';
/** `/api/chat/sessions`: making, listing, reading, keeping and clearing sessions. */
export declare function registerSessions(app: App, context: RouteContext): void;
