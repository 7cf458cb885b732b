import { unavailable } from './available.js';
/** An error by which a node of a Cluster says that a key is not its own, or not all of it. */
export function isRedirection(error) {
    return error instanceof Error && /^(MOVED|ASK|TRYAGAIN) /.test(error.message);
}
/** What a node says of an item whose keys are with another node by now. */
export const MOVED = Symbol('moved');
/**
 * Asks every node about its items, all nodes at the same time; the answers are in the order of the items. Settles only
 * when nothing is under way any more, so that a repeat never overtakes the call that it repeats. Rejects with
 * `StoreUnavailable`.
 */
export async function askNodes(nodes, items, keyOf, ask) {
    const groups = byNode(nodes, items, keyOf);
    const [only, ...more] = groups.keys();
    if (only === undefined)
        return [];
    if (more.length === 0)
        return ask(only, items);
    const answers = new Array(items.length);
    const asking = [...groups].map(async ([node, positions]) => {
        const replies = await ask(node, positions.map((position) => items[position]));
        positions.forEach((position, i) => {
            answers[position] = replies[i];
        });
    });
    await allSettled(asking);
    return answers;
}
/** The answers, with those of `MOVED` items asked for again, each by its keys, which finds them wherever they are. */
export async function askMovedAgain(items, answers, ask) {
    const settled = (answer) => answer !== MOVED;
    if (answers.every(settled))
        return answers;
    return allSettled(answers.map(async (answer, i) => (settled(answer) ? answer : ask(items[i]))));
}
/** The items' positions by the node of their keys. */
function byNode(nodes, items, keyOf) {
    const groups = new Map();
    items.forEach((item, position) => {
        const node = nodeOf(nodes, keyOf(item));
        const group = groups.get(node);
        if (group === undefined)
            groups.set(node, [position]);
        else
            group.push(position);
    });
    return groups;
}
function nodeOf(nodes, key) {
    try {
        return nodes.of(key);
    }
    catch (error) {
        throw unavailable(error);
    }
}
/** Like `Promise.all`, but rejects only when all have settled. */
async function allSettled(promises) {
    const outcomes = await Promise.allSettled(promises);
    return outcomes.map((outcome) => {
        if (outcome.status === 'rejected')
            throw outcome.reason;
        return outcome.value;
    });
}
//# sourceMappingURL=nodes.js.map