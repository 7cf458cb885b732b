import { join } from 'node:path';
import { plainEnvironment } from './environment.js';
import { httpProbe } from './health.js';
import { nodeBinary } from './node.js';
import { installation } from './settings.js';
const STOP_MS = 3000;
/** The demo model, for those who have given no provider. */
export function modelProgram(port, dataDir) {
    const healthUrl = `http://127.0.0.1:${port}/healthz`;
    return {
        name: 'model',
        port,
        command: nodeBinary,
        args: [join(installation, 'dist/demo-model/main.js')],
        env: {
            ...plainEnvironment(process.env),
            PORT: String(port),
            HOST: '127.0.0.1',
            DEMO_TOKENS_PER_SECOND: process.env.DEMO_TOKENS_PER_SECOND,
        },
        cwd: dataDir,
        logFile: join(dataDir, 'logs', 'model.log'),
        quiet: true,
        stopMs: STOP_MS,
        probe: httpProbe(healthUrl),
        healthUrl,
    };
}
//# sourceMappingURL=model.js.map