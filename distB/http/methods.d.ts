import type { FastifyInstance } from 'fastify';
/**
 * A path that is asked for by a method that it does not have is answered with 405 and `Allow`. To be called before the
 * routes are registered; what it returns, after.
 */
export declare function refuseOtherMethods(app: FastifyInstance): () => void;
