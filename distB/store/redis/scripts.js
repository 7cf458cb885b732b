import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { gather } from '../../network/gather.js';
const NAMES = [
    'append',
    'begin',
    'claim',
    'clear',
    'create',
    'extend',
    'find',
    'finish',
    'index',
    'keep',
    'open',
    'read',
    'regenerate',
    'release',
    'restart',
    'sent',
    'reconcile',
    'size',
    'take',
    'unwatch',
];
/** Calls that cost Redis alike, and that fail users alike where they are slow. */
const CLASSES = {
    append: 'append',
    begin: 'write',
    claim: 'write',
    clear: 'write',
    create: 'write',
    extend: 'write',
    find: 'read',
    finish: 'write',
    index: 'write',
    keep: 'keep',
    open: 'read',
    read: 'read',
    regenerate: 'write',
    release: 'write',
    restart: 'write',
    sent: 'read',
    reconcile: 'write',
    size: 'read',
    take: 'write',
    unwatch: 'write',
};
/** The Lua of one command: its file in `commands/`, each `-- @include name` replaced by `includes/name.lua`. */
function source(name) {
    const lua = readFileSync(new URL(`./commands/${name}.lua`, import.meta.url), 'utf8');
    return lua.replace(/^-- @include (\w+)$/gm, (_, include) => source(`includes/${include}`));
}
/** The atomic operations of the store, known to the connection under names of their own (`append` is a command of Redis). */
export class Scripts {
    #client;
    #meter;
    #nodes = new WeakMap();
    constructor(client, meter) {
        this.#client = withScripts(client);
        this.#meter = meter;
    }
    /** The script's reply as Redis gave it: strings, integers, null, and arrays of them. */
    run(name, keys, args) {
        gatherCalls(this.#client);
        return this.#timed(name, this.#client[`baton:${name}`](keys.length, keys, args));
    }
    /** Like `run`, of a script with its keys in ARGV, at the node that serves them. */
    runAt(node, name, args) {
        const scripted = this.#nodes.get(node) ?? withScripts(node);
        this.#nodes.set(node, scripted);
        gatherCalls(node);
        return this.#timed(name, scripted[`baton:${name}`](0, [], args));
    }
    /** A call that fails is no round trip: `baton_redis_up` tells of it. */
    async #timed(name, reply) {
        const sentAt = performance.now();
        const arrived = await reply;
        this.#meter.redisSeconds(performance.now() - sentAt, { class: CLASSES[name] });
        return taken(arrived);
    }
}
/**
 * The reply out of the hands of ioredis, which holds what it gave in objects that only a collection of the whole heap frees: the
 * strings of large sessions would pile up to hundreds of MiB before V8 sees a reason for one.
 */
function taken(reply) {
    if (!Array.isArray(reply))
        return reply;
    const own = reply.map(taken);
    reply.length = 0;
    return own;
}
const sources = new Map(NAMES.map((name) => [name, source(name)]));
function withScripts(client) {
    for (const [name, lua] of sources)
        client.defineCommand(`baton:${name}`, { lua });
    return client;
}
/**
 * Calls that are made in one turn of the event loop go out in one write: what one reply of Redis lets go on, goes on together.
 * A pipeline would do that as well, and costs the client more to make than the commands in it.
 */
export function gatherCalls(client) {
    if (client instanceof Redis && client.status === 'ready')
        gather(client.stream);
}
//# sourceMappingURL=scripts.js.map