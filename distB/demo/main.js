/** `npm run demo`: kills the replica that writes an answer, and shows that the answer comes whole (R3). */
import { styleText } from 'node:util';
import { SettingsError } from '../config/settings.js';
import { StartFailed } from '../stack/stack.js';
import { LogScreen } from './log-screen.js';
import { readOptions, UsageError, usage } from './options.js';
import { Play } from './play.js';
import { Stage } from './stage.js';
async function main() {
    const options = readOptions(process.argv.slice(2));
    if (options.help)
        return console.log(usage);
    const quit = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
        process.on(signal, () => quit.abort(new Interrupted()));
    process.exitCode = (await run(options, quit.signal)) ? 0 : 1;
}
/** Somebody pressed Ctrl-C. */
class Interrupted extends Error {
    name = 'Interrupted';
}
async function run(options, quit) {
    console.log(styleText('bold', 'Baton: an answer outlives the process that writes it.'));
    const screen = new LogScreen();
    const stage = new Stage(screen);
    let isWhole = false;
    try {
        await stage.start(quit);
        quit.throwIfAborted();
        screen.hush();
        isWhole = await new Play(stage, screen, options).perform(quit);
        return isWhole;
    }
    finally {
        screen.hush();
        const keepLogs = !isWhole && !quit.aborted;
        await stage.close(keepLogs);
        if (keepLogs)
            console.log(`Logs: ${stage.dataDir}/logs`);
    }
}
// The terminal may close before the show is over.
process.stdout.on('error', () => { });
main().catch((error) => {
    if (error instanceof Interrupted) {
        process.exitCode = 130;
        return;
    }
    const isExpected = error instanceof UsageError || error instanceof SettingsError || error instanceof StartFailed;
    console.error(styleText('red', isExpected ? `${error.message}\n` : String(error?.stack ?? error)));
    if (error instanceof UsageError)
        console.error(usage);
    process.exitCode = 1;
});
//# sourceMappingURL=main.js.map