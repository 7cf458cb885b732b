import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Meter } from '../ports/meter.ts';
import { BatonError } from '../protocol/errors.ts';
/** Answers every failure in the contract's shape (X1), with the status of its code unless `status` says otherwise. */
export declare function replyWithError(reply: FastifyReply, error: BatonError, status?: number): FastifyReply;
export declare function errorHandler(meter: Meter): (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;
export declare function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply;
/** Answers what is not even HTTP, or did not come in time, below fastify, and ends the connection whatever the client does. */
export declare function answerMalformed(problem: Error & {
    code?: string;
}, socket: Socket): void;
