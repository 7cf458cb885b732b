import { join } from 'node:path';
import { replicaEnvironment } from './environment.js';
import { httpProbe } from './health.js';
import { nodeBinary } from './node.js';
import { installation } from './settings.js';
/** What a replica's drain may take beyond DRAIN_TIMEOUT before it counts as hanging. */
const DRAIN_GRACE_MS = 5000;
/** One gateway process. */
export function replicaProgram(id, port, neighbours, settings) {
    const { redisUrl, modelPort } = neighbours;
    const url = `http://127.0.0.1:${port}${settings.basePath}`;
    return {
        name: id,
        port,
        command: nodeBinary,
        args: [join(installation, 'dist/main.js')],
        env: {
            DEMO: '1',
            ...replicaEnvironment(process.env),
            PORT: String(port),
            OPS_PORT: '', // of one machine they could not all have it
            HOST: '127.0.0.1',
            REPLICA_ID: id,
            DATA_DIR: settings.dataDir,
            TRUST_PROXY: ['loopback', process.env.TRUST_PROXY].filter(Boolean).join(','),
            // What clients reach is nginx: who can reach that, decides (X3).
            TRUST_USER_ID: settings.trustUserId ? '1' : '0',
            ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
            ...(modelPort === undefined ? {} : { OPENAI_BASE_URL: `http://127.0.0.1:${modelPort}/v1` }),
        },
        cwd: settings.dataDir,
        logFile: join(settings.dataDir, 'logs', `${id}.log`),
        stopMs: settings.drainTimeoutMs + DRAIN_GRACE_MS,
        probe: httpProbe(`${url}/readyz`),
        healthUrl: `${url}/healthz`,
    };
}
//# sourceMappingURL=replica.js.map