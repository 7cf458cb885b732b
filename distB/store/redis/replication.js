/** Milliseconds within which the copies must have a message (R4, `REDIS_WAIT`). */
const WAIT_MS = 1000;
/**
 * Whether messages have reached Redis's own replicas (`REDIS_WAIT`).
 *
 * WAIT stops its connection until the replicas have what was written on that very connection. So it has one of its own:
 * on the shared one every append would wait too, and behind a replica that is away everything would stand still. On its
 * own connection it writes after the message: replication is one log in one order, so a replica that has the later
 * write has the message. That the message itself is still there is checked in the same place, for the node may have
 * taken over since, without it. One WAIT at a time per node answers for all messages that came in while the last one ran.
 */
export class Replication {
    #nodes;
    #wanted;
    #keys;
    #ttlSeconds;
    #queues = new WeakMap();
    /** `wanted` replicas must have a message; the connections of `nodes` are used for nothing else. */
    constructor({ nodes, wanted }, keys, ttlSeconds) {
        this.#keys = keys;
        this.#nodes = nodes;
        this.#wanted = wanted;
        this.#ttlSeconds = ttlSeconds;
    }
    /** Whether enough replicas have the session's message, a second from now at the latest. Never rejects. */
    reached(sessionId, messageId) {
        const { promise, resolve } = Promise.withResolvers();
        const timer = setTimeout(resolve, WAIT_MS, false);
        const answer = (replicated) => {
            clearTimeout(timer);
            resolve(replicated);
        };
        try {
            this.#ask(this.#nodes.of(this.#keys.session(sessionId)), { sessionId, messageId, answer });
        }
        catch {
            answer(false); // its node cannot be reached
        }
        return promise;
    }
    #ask(node, question) {
        const queue = this.#queues.get(node) ?? { asking: false, next: [] };
        this.#queues.set(node, queue);
        queue.next.push(question);
        if (!queue.asking)
            void this.#rounds(node, queue);
    }
    async #rounds(node, queue) {
        queue.asking = true;
        while (queue.next.length > 0) {
            const round = queue.next;
            queue.next = [];
            const answers = await this.#round(node, round).catch(() => []);
            round.forEach(({ answer }, i) => {
                answer(answers[i] ?? false);
            });
        }
        queue.asking = false;
    }
    async #round(node, questions) {
        const pipeline = node.pipeline();
        for (const { sessionId, messageId } of questions) {
            const [session, ids] = this.#keys.ofSession(sessionId);
            pipeline.zscore(ids, messageId);
            pipeline.expire(session, this.#ttlSeconds); // a write that the message has just made anyway
        }
        pipeline.wait(this.#wanted, WAIT_MS);
        const replies = (await pipeline.exec()) ?? [];
        const reached = Number(replies.at(-1)?.[1] ?? 0) >= this.#wanted;
        return questions.map((_, i) => reached && typeof replies[2 * i]?.[1] === 'string' && replies[2 * i + 1]?.[1] === 1);
    }
}
//# sourceMappingURL=replication.js.map