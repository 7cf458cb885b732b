import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { type Backlog, type Outlet } from '../network/backlog.ts';
/** The response counts as waiting while bytes of it do; with `whole`, until all of it is out, which it has been given already. */
export declare function outletOf(response: ServerResponse, whole: boolean): Outlet;
/** Has every reply watched until its client has taken it (X6), but for event streams, which do so themselves. */
export declare function watchReplies(app: FastifyInstance, backlog: Backlog): void;
