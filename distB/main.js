import { startApp } from './app.js';
import { readSettings, remarksOn, SettingsError } from './config/settings.js';
import { guardProcess } from './guard.js';
import { RedisUnusable } from './store/redis/unusable.js';
/** Starts one replica from the environment. The first SIGTERM or SIGINT drains it, a second one ends it at once. */
async function main() {
    const settings = readSettings(process.env);
    const app = await startApp(settings, remarksOn(process.env, settings));
    guardProcess(app.log, app.meter);
    const onSignal = () => {
        process.once('SIGTERM', quit).once('SIGINT', quit);
        void leave(app);
    };
    process.once('SIGTERM', onSignal).once('SIGINT', onSignal);
}
async function leave(app) {
    await app.stop();
    process.exit(0);
}
function quit() {
    process.exit(1);
}
main().catch((error) => {
    const expected = error instanceof SettingsError || error instanceof RedisUnusable || isListenError(error);
    console.error(expected ? `baton: ${error.message}` : error);
    process.exit(1);
});
function isListenError(error) {
    return error instanceof Error && 'syscall' in error && error.syscall === 'listen';
}
//# sourceMappingURL=main.js.map