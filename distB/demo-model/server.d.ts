import { type FastifyInstance } from 'fastify';
export interface DemoModelOptions {
    readonly tokensPerSecond: number;
    /** Uniform in [0, 1): the jitter of the pace. */
    readonly random?: () => number;
    /** Milliseconds since the epoch. */
    readonly now?: () => number;
    /** Most responses that are kept for `GET /v1/responses/:id`. */
    readonly maxResponses?: number;
}
/**
 * A model provider with the OpenAI wire: chat completions and responses. It keeps no conversation: an answer is a
 * function of the messages in the request. Background responses can be read again for about 10 minutes.
 */
export declare function createDemoModel(options: DemoModelOptions): FastifyInstance;
