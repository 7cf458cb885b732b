import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
/**
 * Below the range from which the kernel gives ports to outgoing connections: a port of ours that is free for the
 * seconds between a death and a restart must not be taken by one of a thousand clients.
 */
const LOWEST = 16_000;
const HIGHEST = 32_000;
const ATTEMPTS = 200;
/** Finds `count` different loopback ports that nobody listens on. They are kept over restarts, so are chosen once. */
export async function freePorts(count) {
    const held = [];
    try {
        for (let attempt = 0; held.length < count; attempt++) {
            if (attempt === ATTEMPTS + count)
                throw new Error(`found no free port from ${LOWEST} to ${HIGHEST}`);
            const port = randomInt(LOWEST, HIGHEST);
            const server = await listen(port, '127.0.0.1').catch(() => undefined);
            if (server)
                held.push({ port, server });
        }
        return held.map(({ port }) => port);
    }
    finally {
        await Promise.all(held.map(({ server }) => close(server)));
    }
}
/** Rejects with the system's error (`EADDRINUSE`, `EACCES` …) where nobody can listen there at present. */
export async function checkListen(port, host) {
    await close(await listen(port, host));
}
function listen(port, host) {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.once('error', reject).listen(port, host, () => resolve(server));
    });
}
function close(server) {
    return new Promise((resolve) => server.close(() => resolve()));
}
/** Who listens on a TCP port of this machine, as `nginx (process 123)`; undefined where it cannot be known. */
export function portOwner(port) {
    const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeners(table, port)));
    const processes = orNone(() => readdirSync('/proc')).filter((name) => /^\d+$/.test(name));
    const pid = processes.find((one) => descriptors(one).some((target) => sockets.has(target)));
    const [name] = orNone(() => [readFileSync(`/proc/${pid}/comm`, 'utf8').trim()]);
    return name && `${name} (process ${pid})`;
}
const LISTENING = '0A';
/** The sockets in the kernel's table that listen on `port`, as they appear among a process's descriptors. */
function listeners(table, port) {
    const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
    return orNone(() => readFileSync(table, 'utf8').split('\n'))
        .map((row) => row.trim().split(/\s+/))
        .filter(([, local, , state]) => state === LISTENING && local?.endsWith(`:${hexPort}`))
        .map((columns) => `socket:[${columns[9]}]`);
}
/** What a process has open; none of it where it is somebody else's. */
function descriptors(pid) {
    const directory = `/proc/${pid}/fd`;
    return orNone(() => readdirSync(directory)).flatMap((fd) => orNone(() => [readlinkSync(`${directory}/${fd}`)]));
}
/** Processes end and close things while one looks at them. */
function orNone(look) {
    try {
        return look();
    }
    catch {
        return [];
    }
}
//# sourceMappingURL=ports.js.map