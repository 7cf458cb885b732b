import type { z } from 'zod';
interface ErrorDetails {
    readonly type?: string;
    readonly param?: string | null;
    readonly code?: string | null;
    readonly headers?: Record<string, string>;
}
/** A refusal in the provider's shape: `{ error: { message, type, param, code } }`. */
export declare class ApiError extends Error {
    readonly name = "ApiError";
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body: {
        error: {
            message: string;
            type: string;
            param: string | null;
            code: string | null;
        };
    };
    constructor(status: number, message: string, details?: ErrorDetails);
}
/** Whatever a route threw, as the client may see it. */
export declare function toApiError(error: unknown): ApiError;
/** The parsed body, or the provider's 400 that names the first field that is wrong. */
export declare function parseOr400<T>(schema: z.ZodType<T>, body: unknown): T;
export {};
