import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStackSettings } from '../stack/settings.js';
import { Stack } from '../stack/stack.js';
import { readStackFile } from '../stack/stack-file.js';
/** Settings that would lead the demo away from its own Redis and model, whose answer it knows. */
const NOT_HERE = /^(?:REDIS_|OPENAI_|AUTH$|JWT_|STORE$|RETRIEVER_|RATE_LIMIT$|PORT$|HOST$|REPLICAS$|DATA_DIR$|BASE_PATH$)/;
const DEFAULTS = { DEMO_TOKENS_PER_SECOND: '60', DRAIN_TIMEOUT: '2' };
/** Longer than the show: who was killed stays away. */
const RESTART_DELAY_MS = '600000';
/** The stack that the demo plays on, on free ports, in a directory that goes away with it. */
export class Stage {
    dataDir = join(tmpdir(), `baton-demo-${randomBytes(4).toString('hex')}`);
    #stack;
    #plan;
    /** Takes the process's environment over: the replicas inherit it. */
    constructor(screen) {
        for (const name of Object.keys(process.env))
            if (NOT_HERE.test(name))
                delete process.env[name];
        const own = { PORT: '0', REPLICAS: '3', DATA_DIR: this.dataDir, RESTART_DELAY_MS, LOG_LEVEL: 'info' };
        Object.assign(process.env, { ...DEFAULTS, ...process.env, ...own });
        this.#stack = new Stack(readStackSettings(process.env), screen);
    }
    /** Resolves once everything serves; early where `quit` is aborted. */
    async start(quit) {
        this.#plan = await this.#stack.start(quit);
    }
    get plan() {
        if (this.#plan === undefined)
            throw new Error('the stage does not stand');
        return this.#plan;
    }
    portOf(replica) {
        return this.#recordOf(replica).port;
    }
    /** Sends a signal to a replica and gives the id of its process. */
    signal(replica, signal) {
        const { pid } = this.#recordOf(replica);
        process.kill(pid, signal);
        return pid;
    }
    async modelActivity() {
        const response = await fetch(`${this.#modelUrl}/healthz`);
        return (await response.json());
    }
    /** Asks the model itself, with nobody in between; gives its answer and how many tokens that took. */
    async askModel(question, signal) {
        const response = await fetch(`${this.#modelUrl}/v1/chat/completions`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: question }] }),
            signal,
        });
        const { choices, usage } = (await response.json());
        return { text: choices[0].message.content, tokens: usage.completion_tokens };
    }
    /** Ends everything. `keepLogs` leaves the directory. */
    async close(keepLogs) {
        this.#stack.hurry();
        await this.#stack.stop();
        if (!keepLogs)
            rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
    get #modelUrl() {
        return `http://127.0.0.1:${this.plan.model?.port}`;
    }
    #recordOf(replica) {
        const record = readStackFile(join(this.dataDir, 'stack.json'))?.replicas.find(({ id }) => id === replica);
        if (record === undefined)
            throw new Error(`there is no replica ${replica}`);
        return record;
    }
}
//# sourceMappingURL=stage.js.map