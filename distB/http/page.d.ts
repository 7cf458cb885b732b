import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
/**
 * Serves the built page at `/` of where `app` is mounted, where it was built. Visitors for whom `staged` holds get it with its stage: marked in the
 * page itself, so that it need not ask for routes that do not exist for it. Null where there is no stage (W5).
 */
export declare function registerPage(app: FastifyInstance, publicDir: string, staged: ((request: IncomingMessage) => boolean) | null): Promise<void>;
