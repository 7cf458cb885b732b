import { modelProgram } from './model.js';
import { nginxProgram, reachable } from './nginx.js';
import { checkListen, freePorts, portOwner } from './ports.js';
import { redisProgram } from './redis.js';
import { replicaProgram } from './replica.js';
/** nginx cannot have the port that it is to listen on. */
export class PortUnavailable extends Error {
    name = 'PortUnavailable';
}
/** Chooses the ports and lays out the programs. Throws `PortUnavailable` at once where PORT is taken. */
export async function makePlan(settings) {
    const { host, dataDir, basePath } = settings;
    if (settings.port !== 0)
        await checkPort(settings.port, host);
    const [nginxPort = 0, redisPort = 0, modelPort = 0, ...replicaPorts] = await freePorts(3 + settings.replicas);
    const port = settings.port || nginxPort;
    const redis = settings.redis === 'own' ? redisProgram(redisPort, dataDir) : undefined;
    const model = settings.model === 'demo' ? modelProgram(modelPort, dataDir) : undefined;
    const neighbours = { redisUrl: redis?.url, modelPort: model?.port };
    return {
        url: `http://${reachable(host)}:${port}${basePath}`,
        redis,
        model,
        replicas: replicaPorts.map((replicaPort, index) => replicaProgram(`r${index + 1}`, replicaPort, neighbours, settings)),
        nginx: nginxProgram(port, host, replicaPorts, dataDir, basePath),
    };
}
async function checkPort(port, host) {
    try {
        await checkListen(port, host);
    }
    catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code === 'EADDRINUSE') {
            const owner = portOwner(port);
            throw new PortUnavailable(`Port ${port} is in use${owner ? ` by ${owner}` : ''}. Choose another: PORT=${port + 1} npm start`);
        }
        if (code === 'EACCES')
            throw new PortUnavailable(`Port ${port} is not open to this user. Choose one above 1023: PORT=8080 npm start`);
        throw new PortUnavailable(`HOST=${JSON.stringify(host)}: must be an address of this machine (${code})`);
    }
}
//# sourceMappingURL=plan.js.map