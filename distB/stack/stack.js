import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, describeEnding } from './child.js';
import { openDataDirectory } from './data-directory.js';
import { Guard } from './guard.js';
import { watchHealth } from './health.js';
import { makePlan } from './plan.js';
import { endLeftovers, removeStackFile, writeStackFile } from './stack-file.js';
/** A process ended by itself before it ever served. */
export class StartFailed extends Error {
    name = 'StartFailed';
}
const PROBE_PAUSE_MS = 50;
const PROGRESS_MS = 3000;
/**
 * The running stack (R1, R2): starting → ready → stopping. `stack.json` stands from ready on, until everything has ended.
 */
export class Stack {
    #settings;
    #screen;
    #file;
    #children = new Map();
    /** Ends the health watch of the process that runs. */
    #watches = new Map();
    /** How children ended by themselves while the stack was starting. */
    #failures = new Map();
    #guard;
    #plan;
    #state = 'starting';
    constructor(settings, screen) {
        this.#settings = settings;
        this.#screen = screen;
        this.#file = join(settings.dataDir, 'stack.json');
    }
    /**
     * Resolves with what runs when nginx and all replicas serve, or with undefined soon after `quit` is aborted. Throws
     * `SettingsError`, `DirectoryInUse`, `PortUnavailable` or `StartFailed`. Whatever it does, `stop` has to follow.
     */
    async start(quit) {
        const { dataDir } = this.#settings;
        openDataDirectory(dataDir);
        this.#guard = await Guard.take(dataDir, this.#file);
        endLeftovers(this.#file, dataDir);
        const plan = await makePlan(this.#settings);
        this.#plan = plan;
        // Each finds there what it needs from its first moment.
        await this.#bringUp(plan.redis ? [plan.redis] : [], quit);
        await this.#bringUp([...(plan.model ? [plan.model] : []), ...plan.replicas], quit);
        await this.#bringUp([plan.nginx], quit);
        if (quit.aborted)
            return undefined;
        this.#state = 'ready';
        this.#record();
        return plan;
    }
    /** Ends everything, in the order in which nobody misses what is already gone. Never rejects. */
    async stop() {
        this.#state = 'stopping';
        for (const watch of this.#watches.values())
            watch.abort();
        const { nginx, replicas, model, redis } = this.#plan ?? { replicas: [] };
        await this.#end(nginx);
        await Promise.all(replicas.map((replica) => this.#end(replica)));
        await this.#end(model);
        await this.#end(redis);
        if (this.#guard)
            removeStackFile(this.#file);
        await this.#guard?.release();
    }
    /** Kills everything, so that `stop` has nothing to wait for, at the price of answers that replicas are finishing. */
    hurry() {
        for (const child of this.#children.values())
            child.kill();
    }
    started(child) {
        this.#tellGuard();
        if (this.#state === 'ready') {
            this.#screen.about(child.program.name, `started again on port ${child.program.port} (process ${child.pid})`);
            this.#record();
        }
        const { healthUrl, name } = child.program;
        if (healthUrl === undefined)
            return;
        const watch = new AbortController();
        this.#watches.set(child, watch);
        const { healthTimeoutMs } = this.#settings;
        const onSilent = () => {
            this.#screen.about(name, `has not answered for ${seconds(healthTimeoutMs)}: killed`);
            child.kill();
        };
        void watchHealth(healthUrl, healthTimeoutMs, onSilent, watch.signal);
    }
    ended(child, ending) {
        this.#watches.get(child)?.abort();
        this.#tellGuard();
        if (ending.asked || this.#state === 'stopping')
            return;
        if (this.#state === 'starting' && ending.signal === null)
            this.#failures.set(child, ending);
        const again = `starts again in ${seconds(this.#settings.restartDelayMs)}`;
        this.#screen.about(child.program.name, `ended (${describeEnding(ending)}); ${again}`);
    }
    line(child, text) {
        if (!child.program.quiet && this.#state !== 'stopping')
            this.#screen.line(child.program.name, text);
    }
    async #bringUp(programs, quit) {
        if (quit.aborted)
            return;
        const children = programs.map((program) => new Child(program, this.#settings.restartDelayMs, this));
        for (const child of children) {
            this.#children.set(child.program, child);
            child.start();
        }
        await Promise.all(children.map((child) => this.#awaitReady(child, quit)));
    }
    /** Asks until the child serves, and says every few seconds what it still lacks. Returns early where the start is over. */
    async #awaitReady(child, quit) {
        const { name, probe, port } = child.program;
        let sayAt = performance.now() + PROGRESS_MS;
        while (this.#state === 'starting' && !quit.aborted) {
            const missing = await probe().then(() => undefined, (error) => error.message);
            const failure = this.#failures.get(child);
            if (failure)
                throw new StartFailed(failureReport(child, failure));
            if (missing === undefined) {
                this.#screen.about(name, `ready on port ${port}`);
                return;
            }
            if (performance.now() > sayAt) {
                this.#screen.about(name, `waiting: ${missing}`);
                sayAt += PROGRESS_MS;
            }
            await sleep(PROBE_PAUSE_MS, undefined, { signal: quit }).catch(() => { });
        }
    }
    async #end(program) {
        if (program)
            await this.#children.get(program)?.stop();
    }
    #tellGuard() {
        this.#guard?.watch([...this.#children.values()].flatMap((child) => child.pid ?? []));
    }
    #record() {
        const plan = this.#plan;
        if (plan === undefined)
            return;
        const entry = (program) => ({ port: program.port, pid: this.#children.get(program)?.lastPid ?? 0 });
        writeStackFile(this.#file, {
            url: plan.url,
            ...(plan.redis && { redis: { ...entry(plan.redis), url: plan.redis.url } }),
            nginx: entry(plan.nginx),
            ...(plan.model && { model: entry(plan.model) }),
            replicas: plan.replicas.map((replica) => ({ id: replica.name, ...entry(replica) })),
        });
    }
}
function failureReport(child, ending) {
    const lines = child.lastLines.map((line) => `  ${line}`);
    return [`${child.program.name} did not start: ${describeEnding(ending)}`, ...lines].join('\n');
}
function seconds(ms) {
    return `${ms / 1000} s`;
}
//# sourceMappingURL=stack.js.map