import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { plainEnvironment } from './environment.js';
import { httpProbe } from './health.js';
import { installation } from './settings.js';
import { unprivilegedUser } from './users.js';
const STOP_MS = 3000;
const CONFIGURATION = 'nginx.conf';
/** Each takes some 15 MiB for its connections. */
const MOST_WORKERS = 4;
/** Where Debian keeps it: not on the PATH of users other than root. */
const SYSTEM_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/sbin'];
const PLAIN = { BATON_EDGE: '', BATON_CONNECTIONS: '2000', BATON_ACCESS_LOG: 'off' };
/**
 * nginx on `host:port` before `replicaPorts`, with all of its files in the data directory, so that it needs no root.
 * Where root starts it, its workers are somebody who may do nothing, and may not pass through the data directory either:
 * their paths start in the working directory, where they stand already.
 */
export function nginxProgram(port, host, replicaPorts, dataDir, basePath = '', edge = {}) {
    const cwd = join(dataDir, 'nginx');
    mkdirSync(cwd, { recursive: true });
    chmodSync(cwd, 0o711);
    const variables = { ...PLAIN, BATON_LISTEN: `${bracketed(host)}:${port}`, ...edge };
    writeFileSync(join(cwd, CONFIGURATION), renderConfiguration(variables, replicaPorts), { mode: 0o600 });
    const url = `http://${reachable(host)}:${port}`;
    return {
        name: 'nginx',
        port,
        command: findNginx(),
        args: ['-p', './', '-c', CONFIGURATION, '-e', 'stderr', '-g', `${workers()}daemon off;`],
        env: plainEnvironment(process.env),
        cwd,
        logFile: join(dataDir, 'logs', 'nginx.log'),
        quiet: true,
        stopMs: STOP_MS,
        probe: httpProbe(`${url}/nginx-healthz`, `${url}${basePath}/healthz`),
        healthUrl: `${url}/nginx-healthz`,
    };
}
/** The shared nginx.conf with its variables filled in, as the image of nginx does it with envsubst. */
function renderConfiguration(edge, replicaPorts) {
    const variables = {
        ...edge,
        BATON_SERVERS: replicaPorts.map((port) => `server 127.0.0.1:${port} max_fails=0;`).join('\n    '),
        BATON_DIR: '.',
        BATON_WORKERS: String(Math.min(availableParallelism(), MOST_WORKERS)),
    };
    const template = readFileSync(join(installation, 'nginx.conf'), 'utf8');
    return template.replaceAll(/\$\{(BATON_\w+)\}/g, (placeholder, name) => variables[name] ?? placeholder);
}
/** Only root can choose who the workers are. */
function workers() {
    const somebody = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
    return somebody === undefined ? '' : `user ${somebody.user} ${somebody.group}; `;
}
/** The address under which this machine reaches a server that listens on `host`, as it stands in a URL. */
export function reachable(host) {
    if (host === '0.0.0.0' || host === '')
        return '127.0.0.1';
    return host === '::' ? '[::1]' : bracketed(host);
}
function bracketed(host) {
    return host.includes(':') ? `[${host}]` : host;
}
function findNginx() {
    const directories = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_DIRECTORIES];
    return directories.map((directory) => join(directory, 'nginx')).find((path) => existsSync(path)) ?? 'nginx';
}
//# sourceMappingURL=nginx.js.map