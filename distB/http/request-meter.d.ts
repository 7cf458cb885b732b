import type { Meter } from '../ports/meter.ts';
import type { App } from './context.ts';
/** Counts each request when it is over, by the route that it matched. */
export declare function countRequests(app: App, meter: Meter): void;
