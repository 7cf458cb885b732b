import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
const REMEMBERED_LINES = 12;
/**
 * One supervised process: started, started again after a delay whenever it dies, until it is stopped (R2).
 *
 * It leads a session of its own, so that Ctrl-C in the terminal reaches the supervisor only, and so that whatever it
 * leaves behind when it dies (nginx's workers go on without their master, and hold its port) can be ended with it.
 */
export class Child {
    program;
    #observer;
    #restartDelayMs;
    #lastLines = [];
    #log;
    #process;
    #restart;
    #wanted = false;
    #lastPid;
    constructor(program, restartDelayMs, observer) {
        this.program = program;
        this.#restartDelayMs = restartDelayMs;
        this.#observer = observer;
    }
    /** Of the process that runs; undefined while none does. */
    get pid() {
        return this.#process?.pid;
    }
    /** Of the process that runs or, between two of them, of the one that was the last. */
    get lastPid() {
        return this.#lastPid;
    }
    /** The end of what it printed, oldest first. */
    get lastLines() {
        return this.#lastLines;
    }
    start() {
        this.#wanted = true;
        // A full disk costs the log, not the stack.
        this.#log = createWriteStream(this.program.logFile).on('error', () => { });
        this.#spawn();
    }
    /** SIGKILL, as for a process that hangs: it is started again unless it is being stopped. */
    kill() {
        signalGroup(this.pid, 'SIGKILL');
    }
    /** Asks the process to end, kills it where it does not, and resolves when it is gone for good. */
    async stop() {
        this.#wanted = false;
        clearTimeout(this.#restart);
        const running = this.#process;
        if (running?.pid !== undefined) {
            const gone = new Promise((resolve) => running.once('close', resolve));
            running.kill('SIGTERM');
            // A stopped process (SIGSTOP) would not even notice.
            running.kill('SIGCONT');
            const limit = setTimeout(() => this.kill(), this.program.stopMs);
            await gone;
            clearTimeout(limit);
        }
        this.#log?.end();
    }
    #spawn() {
        const { command, args, env, cwd } = this.program;
        const started = spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
        this.#process = started;
        this.#lastPid = started.pid ?? this.#lastPid;
        for (const output of [started.stdout, started.stderr]) {
            createInterface({ input: output }).on('line', (text) => this.#print(text));
        }
        started.once('exit', (code, signal) => this.#ended({ asked: !this.#wanted, code, signal }));
        started.once('error', (error) => {
            if (started.pid === undefined)
                this.#ended({ asked: !this.#wanted, code: null, signal: null, error });
        });
        if (started.pid !== undefined)
            this.#observer.started(this);
    }
    #ended(ending) {
        signalGroup(this.pid, 'SIGKILL');
        this.#process = undefined;
        if (this.#wanted)
            this.#restart = setTimeout(() => this.#spawn(), this.#restartDelayMs);
        this.#observer.ended(this, ending);
    }
    #print(text) {
        this.#log?.write(`${text}\n`);
        this.#lastLines.push(text);
        if (this.#lastLines.length > REMEMBERED_LINES)
            this.#lastLines.shift();
        this.#observer.line(this, text);
    }
}
/** To the process and all that it started. Nothing where they are gone. */
export function signalGroup(pid, signal) {
    if (pid === undefined)
        return;
    try {
        process.kill(-pid, signal);
    }
    catch {
        // None of them is left.
    }
}
/** `code 1`, `SIGKILL`, or why it never started. */
export function describeEnding({ code, signal, error }) {
    if (error)
        return 'code' in error && error.code === 'ENOENT' ? 'not installed' : error.message;
    return signal ?? `code ${code}`;
}
//# sourceMappingURL=child.js.map