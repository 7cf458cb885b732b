/** `POST /v1/responses`, `GET /v1/responses/:id` and `POST /v1/responses/:id/cancel`. */
import type { FastifyInstance } from 'fastify';
import type { Model } from '../generation/model.ts';
import type { ResponseStore } from '../generation/response-store.ts';
import { ResponseRecord } from './response-record.ts';
interface Services {
    readonly model: Model;
    readonly store: ResponseStore<ResponseRecord>;
    readonly now: () => number;
}
export declare function responsesRoutes(app: FastifyInstance, services: Services): void;
export {};
