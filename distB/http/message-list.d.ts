import type { FastifyReply } from 'fastify';
/** Answers with `{ …rest, messages }`, whose memory is let go of as soon as it is out, or nobody waits for it any more (X6). */
export declare function sendMessageList<List extends {
    messages: readonly object[];
}>(reply: FastifyReply, rest: Omit<List, 'messages'>, messages: List['messages']): FastifyReply;
