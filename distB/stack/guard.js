import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { plainEnvironment } from './environment.js';
/** Another stack runs with the same data directory. */
export class DirectoryInUse extends Error {
    name = 'DirectoryInUse';
}
/** Exit code by which flock says that somebody else has the lock. */
const BUSY = 75;
/**
 * Reads lines of process groups; the last one stands when the input ends, which it does when the supervisor dies, be it
 * by SIGKILL. $1 is the stack file.
 */
const SCRIPT = `
echo locked
groups=
while read -r line; do groups=$line; done
for group in $groups; do kill -s KILL -- "-$group"; done
if [ -n "$groups" ]; then rm -f "$1"; fi
`;
/**
 * A small shell beside the supervisor that holds the lock on the data directory, and outlives the supervisor for just
 * as long as it takes to kill what that left running. The kernel gives the lock back however a process dies, so
 * there are no stale lock files.
 */
export class Guard {
    #shell;
    constructor(shell) {
        this.#shell = shell;
    }
    /** Takes the lock, waiting up to a second for the guard of a stack that has just ended. Throws `DirectoryInUse`. */
    static async take(dataDir, stackFile) {
        const lock = ['--wait', '1', '--conflict-exit-code', String(BUSY), '--no-fork', join(dataDir, 'lock')];
        const shell = spawn('flock', [...lock, 'sh', '-c', SCRIPT, 'baton-guard', stackFile], {
            detached: true,
            env: plainEnvironment(process.env),
            stdio: ['pipe', 'pipe', 'ignore'],
        });
        shell.stdin.on('error', () => { }); // It was killed: nothing can be told to it any more.
        const locked = once(shell.stdout, 'data').then(() => true);
        const ended = once(shell, 'exit').then(([code]) => Number(code));
        const outcome = await Promise.race([locked, ended]).catch((cause) => {
            throw new Error('flock is missing (it comes with the package util-linux)', { cause });
        });
        if (outcome === true)
            return new Guard(shell);
        if (outcome === BUSY)
            throw new DirectoryInUse(dataDir);
        throw new Error(`${dataDir} cannot be locked: flock ended with code ${outcome}`);
    }
    /** Says which process groups are to die with the supervisor. */
    watch(groups) {
        this.#shell.stdin?.write(`${groups.join(' ')}\n`);
    }
    /** Gives the lock back; everything has ended in order. */
    async release() {
        if (this.#shell.exitCode !== null || this.#shell.signalCode !== null)
            return;
        const gone = once(this.#shell, 'exit');
        this.#shell.stdin?.end('\n');
        await gone;
    }
}
//# sourceMappingURL=guard.js.map