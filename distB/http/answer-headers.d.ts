import type { FastifyInstance } from 'fastify';
/** What every answer says of itself where its route does not say otherwise: talks are nobody's to cache, sniff or refer to. */
export declare const ANSWER_HEADERS: {
    readonly 'cache-control': 'no-store';
    readonly 'x-content-type-options': 'nosniff';
    readonly 'referrer-policy': 'no-referrer';
};
export declare function setAnswerHeaders(app: FastifyInstance): void;
