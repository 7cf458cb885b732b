import { StoreUnavailable } from '../../ports/session-store.js';
import { available, unavailable } from './available.js';
import { askMovedAgain, askNodes, isRedirection, MOVED } from './nodes.js';
import { appendArguments, keepArguments } from './requests.js';
/** Answers whose TTL one call refreshes: Redis serves nobody else meanwhile. */
const KEEP_BATCH = 256;
/**
 * The store's operations on many sessions: one call to each node that has some of them. An item whose keys a node no
 * longer has, because their slot moves or has moved, is asked for again by its keys, which finds them.
 */
export class Batches {
    #connections;
    #scripts;
    #ttl;
    #keyOf = ({ sessionId }) => this.#connections.keys.session(sessionId);
    constructor(connections, scripts, ttlSeconds) {
        this.#connections = connections;
        this.#scripts = scripts;
        this.#ttl = ttlSeconds;
    }
    async append(items) {
        const { nodes, keys } = this.#connections;
        const results = await askNodes(nodes, items, this.#keyOf, async (node, batch) => {
            const refusals = await available(this.#scripts.runAt(node, 'append', appendArguments(keys, batch)));
            return appendResults(batch.length, refusals);
        });
        return askMovedAgain(items, results, async (item) => {
            const { sessionId, epoch, bookmark } = item;
            const own = [keys.text(sessionId, epoch), ...(bookmark === null ? [] : [keys.answer(sessionId)])];
            const refusals = await available(this.#scripts.run('append', own, appendArguments(keys, [item])));
            return found(appendResults(1, refusals)[0]);
        });
    }
    async keep(answers) {
        const { nodes, keys } = this.#connections;
        const replies = await askNodes(nodes, answers, this.#keyOf, async (node, group) => {
            const replies = [];
            for (let from = 0; from < group.length; from += KEEP_BATCH) {
                const batch = keepArguments(keys, group.slice(from, from + KEEP_BATCH), this.#ttl);
                replies.push(...(await available(this.#scripts.runAt(node, 'keep', batch))));
            }
            return replies.map(keptOrMoved);
        });
        return askMovedAgain(answers, replies, async (answer) => {
            const args = keepArguments(keys, [answer], this.#ttl);
            const reply = await available(this.#scripts.run('keep', args.slice(1).map(String), args));
            return found(keptOrMoved(reply[0] ?? null));
        });
    }
    async remaining(sessionIds) {
        const { nodes, commands, keys } = this.#connections;
        const times = await askNodes(nodes, sessionIds, (id) => keys.session(id), async (node, group) => {
            const pipeline = node.pipeline();
            for (const id of group)
                pipeline.pttl(keys.session(id));
            const replies = await available(pipeline.exec());
            return (replies ?? []).map(([error, ms]) => {
                if (isRedirection(error))
                    return MOVED;
                if (error !== null)
                    throw unavailable(error);
                return Math.max(0, Number(ms));
            });
        });
        return askMovedAgain(sessionIds, times, async (id) => Math.max(0, await available(commands.pttl(keys.session(id)))));
    }
}
/** The script names what it has not stored: n was refused, -n has its keys at another node. */
function appendResults(items, refusals) {
    const results = new Array(items).fill('stored');
    for (const refusal of refusals)
        results[Math.abs(refusal) - 1] = refusal > 0 ? 'fenced' : MOVED;
    return results;
}
function keptOrMoved(reply) {
    return reply === -1 ? MOVED : reply;
}
/** The answer of an item that was sent to where its keys are; that they have moved again just then is for the next try. */
function found(answer) {
    if (answer === MOVED || answer === undefined)
        throw new StoreUnavailable('Redis: a slot is moving');
    return answer;
}
//# sourceMappingURL=batches.js.map