import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Settings } from '../config/settings.ts';
import { type ErrorCode } from '../protocol/errors.ts';
export type OpenApiSettings = Pick<Settings, 'AUTH' | 'BASE_PATH' | 'DEMO' | 'ADMIN_TOKEN' | 'OPS_PORT'>;
/** Collects every route that is registered afterwards, wherever it is mounted. */
export declare function collectOpenApi(app: FastifyInstance, settings: OpenApiSettings): Promise<void>;
/** What was collected, as `/openapi.json`. */
export declare function serveOpenApi(app: FastifyInstance): void;
/** The errors of a route in the contract's shape, by status: those that any route of the API may give, and `codes`. */
export declare function errorReplies(...codes: ErrorCode[]): {
    [k: string]: {
        description: string;
        content: {
            'application/json': {
                schema: z.ZodObject<{
                    error: z.ZodObject<{
                        code: z.ZodEnum<{
                            answer_in_progress: "answer_in_progress";
                            forbidden: "forbidden";
                            internal: "internal";
                            interrupted: "interrupted";
                            invalid: "invalid";
                            llm_failed: "llm_failed";
                            message_not_found: "message_not_found";
                            overloaded: "overloaded";
                            quota_exceeded: "quota_exceeded";
                            rate_limited: "rate_limited";
                            session_not_found: "session_not_found";
                            too_large: "too_large";
                            unauthorized: "unauthorized";
                        }>;
                        message: z.ZodString;
                        retryable: z.ZodBoolean;
                        retryAfterMs: z.ZodOptional<z.ZodNumber>;
                    }, z.core.$strip>;
                }, z.core.$strip>;
            };
        };
    };
};
/** A reply as JSON, or as server-sent events where the caller accepts them. */
export declare function jsonOrEvents<Schema extends z.ZodType>(schema: Schema): {
    description: string;
    content: {
        'application/json': {
            schema: Schema;
        };
        'text/event-stream': {
            schema: z.ZodString;
        };
    };
};
