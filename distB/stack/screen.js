import { styleText } from 'node:util';
import { z } from 'zod';
const COLOURS = ['cyan', 'magenta', 'yellow', 'green', 'blue'];
const NAME_WIDTH = 5;
/** Levels of a structured log line that are shown even if nobody asked for a LOG_LEVEL. */
const ALARMING = new Set(['warn', 'error', 'fatal']);
const logLine = z
    .object({
    level: z.string(),
    msg: z.string().default(''),
    err: z.object({ message: z.string() }).optional(),
    time: z.unknown(),
    replica: z.unknown(),
})
    .catchall(z.unknown());
/** The terminal that the stack was started from. */
export class Screen {
    #verbose;
    #colours = new Map();
    /** `verbose`: every line that the processes log, not only warnings. */
    constructor(verbose) {
        this.#verbose = verbose;
    }
    /** Something that the supervisor itself has to say. */
    say(text) {
        console.log(text);
    }
    warn(text) {
        console.log(styleText('yellow', text));
    }
    /** What the supervisor has to say about one process. */
    about(name, text) {
        console.log(`${this.#label(name)} ${text}`);
    }
    /** A line that a process printed, plain or as the gateway's logger writes it. */
    line(name, text) {
        const parsed = text.startsWith('{') ? logLine.safeParse(parseJson(text)) : undefined;
        if (!parsed?.success) {
            this.about(name, styleText('dim', text));
            return;
        }
        const { level, msg, err, time: _time, replica: _label, ...fields } = parsed.data;
        const words = `${level}: ${[msg, err?.message].filter(Boolean).join(': ')}${inBrackets(fields)}`;
        if (ALARMING.has(level))
            this.about(name, styleText('yellow', words));
        else if (this.#verbose)
            this.about(name, styleText('dim', words));
    }
    #label(name) {
        const colour = this.#colours.get(name) ?? COLOURS[this.#colours.size % COLOURS.length] ?? 'cyan';
        this.#colours.set(name, colour);
        return styleText(colour, `${name.padEnd(NAME_WIDTH)} │`);
    }
}
function inBrackets(fields) {
    const shown = Object.entries(fields).filter(([, value]) => value !== null && typeof value !== 'object');
    return shown.length === 0 ? '' : ` (${shown.map(([name, value]) => `${name} ${value}`).join(', ')})`;
}
function parseJson(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
//# sourceMappingURL=screen.js.map