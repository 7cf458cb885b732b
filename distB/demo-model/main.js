/** The demo model as a process: a model provider for a machine that has none (R1). */
import { createDemoModel } from './server.js';
import { DemoSettingsError, readDemoSettings } from './settings.js';
const LISTEN_PROBLEMS = {
    EADDRINUSE: 'already in use; choose another PORT, or 0 for any free one',
    EACCES: 'not permitted to listen there; choose a PORT above 1023',
    EADDRNOTAVAIL: 'HOST is not an address of this machine',
    ENOTFOUND: 'HOST is not a name that can be resolved',
};
async function main() {
    const settings = readDemoSettings(process.env);
    const server = createDemoModel({ tokensPerSecond: settings.tokensPerSecond });
    const stop = () => {
        process.off('SIGTERM', stop).off('SIGINT', stop); // a second signal ends the process at once
        void server.close();
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
    try {
        const address = await server.listen({ port: settings.port, host: settings.host });
        console.log(`demo model on ${address}/v1, ${settings.tokensPerSecond} tokens a second`);
    }
    catch (error) {
        throw new DemoSettingsError(listenProblem(error, settings.host, settings.port), { cause: error });
    }
}
function listenProblem(error, host, port) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return `HOST=${host} PORT=${port}: ${LISTEN_PROBLEMS[code] ?? String(error)}`;
}
main().catch((error) => {
    console.error(error instanceof DemoSettingsError ? `demo model: ${error.message}` : error);
    process.exitCode = 1;
});
//# sourceMappingURL=main.js.map