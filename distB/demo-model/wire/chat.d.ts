/** `POST /v1/chat/completions`. */
import type { FastifyInstance } from 'fastify';
import type { Model } from '../generation/model.ts';
export declare function chatRoutes(app: FastifyInstance, model: Model): void;
