import type { FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings.ts';
/**
 * Refuses what a page of an origin that is not allowed asks of the routes of `app`, before anything is read or done: CORS
 * alone would only keep the page from reading the answer (X4).
 */
export declare function refuseForeignOrigins(app: FastifyInstance, settings: Pick<Settings, 'ALLOWED_ORIGINS'>): void;
