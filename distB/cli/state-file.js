import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
/** The client's storage as a JSON file that only its owner may read: the id of a session is the key to it. */
export class StateFile {
    path;
    constructor(path) {
        this.path = path;
    }
    /** Where the conversations with the gateway at `url` are kept, by the XDG base directory specification. */
    static of(url, env) {
        const home = env.XDG_STATE_HOME || join(homedir(), '.local/state');
        return new StateFile(join(home, 'baton', `${new URL(url).host.replaceAll(/[^\w.-]/g, '_')}.json`));
    }
    getItem(key) {
        return this.#read()[key] ?? null;
    }
    setItem(key, value) {
        this.#write({ ...this.#read(), [key]: value });
    }
    removeItem(key) {
        const { [key]: _removed, ...rest } = this.#read();
        this.#write(rest);
    }
    #read() {
        try {
            return JSON.parse(readFileSync(this.path, 'utf8'));
        }
        catch {
            return {}; // not there yet, or no longer readable: a new conversation begins
        }
    }
    /** At once or not at all, whenever the process ends. */
    #write(entries) {
        mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
        const next = `${this.path}.${process.pid}`;
        writeFileSync(next, JSON.stringify(entries), { mode: 0o600 });
        renameSync(next, this.path);
    }
}
//# sourceMappingURL=state-file.js.map