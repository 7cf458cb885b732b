/** The stack that this replica is part of, as `stack.json` has it (R2), and what the stage of the page does to it (W5). */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { BatonError } from '../protocol/errors.js';
const processEntry = z.object({ port: z.number(), pid: z.number().int().min(2) });
const stackFile = z.object({
    redis: processEntry.optional(),
    model: processEntry.optional(),
    replicas: z.array(processEntry.extend({ id: z.string() })),
});
/** `down` until it is started again; `starting` until it answers. */
export const STATES = ['up', 'starting', 'frozen', 'draining', 'down'];
export const SIGNALS = { kill: 'SIGKILL', freeze: 'SIGSTOP', drain: 'SIGTERM' };
/** A replica on this machine answers within this time unless it hangs. */
const PROBE_MS = 400;
/** Throws `overloaded` where no stack runs: between two of them, or because this replica was started alone. */
export function readStackFile(path) {
    try {
        return stackFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    }
    catch {
        throw new BatonError('overloaded', 'there is no stack.json in DATA_DIR: npm start writes it');
    }
}
/** Whether a process runs, by what the kernel says of it. */
export function stateOfProcess(pid) {
    const state = /^State:\s+(\w)/m.exec(readStatus(pid))?.[1];
    if (state === undefined || state === 'Z' || state === 'X')
        return 'down';
    return state === 'T' || state === 't' ? 'frozen' : 'up';
}
/** A process that runs may still be starting, or already leaving: `/readyz` tells. */
export async function stateOfReplica({ pid, port }, basePath) {
    const state = stateOfProcess(pid);
    if (state !== 'up')
        return state;
    try {
        const response = await fetch(`http://127.0.0.1:${port}${basePath}/readyz`, {
            signal: AbortSignal.timeout(PROBE_MS),
        });
        await response.body?.cancel();
        return response.ok ? 'up' : 'draining';
    }
    catch (error) {
        const isBusy = error instanceof Error && error.name === 'TimeoutError';
        return isBusy ? stateOfProcess(pid) : 'starting';
    }
}
/** False where the process has already gone. */
export function strike(pid, blow) {
    try {
        return process.kill(pid, SIGNALS[blow]);
    }
    catch {
        return false;
    }
}
function readStatus(pid) {
    try {
        return readFileSync(`/proc/${pid}/status`, 'utf8');
    }
    catch {
        return '';
    }
}
//# sourceMappingURL=demo-stack.js.map