import { z } from 'zod';
/** A setting that cannot be used; the message names it, its value and what is allowed (R4). */
export class DemoSettingsError extends Error {
    name = 'DemoSettingsError';
}
const PORT_RULE = { error: 'a port number from 0 to 65535' };
const RATE_RULE = { error: 'a number from 0.1 to 100000' };
const schema = z.object({
    PORT: z.coerce.number(PORT_RULE).int(PORT_RULE).min(0, PORT_RULE).max(65535, PORT_RULE).default(0),
    HOST: z.string().default('127.0.0.1'),
    DEMO_TOKENS_PER_SECOND: z.coerce.number(RATE_RULE).min(0.1, RATE_RULE).max(100_000, RATE_RULE).default(40),
});
/** Checks `env`; an empty variable is as good as none. Throws `DemoSettingsError`. */
export function readDemoSettings(env) {
    const given = Object.fromEntries(Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
    const parsed = schema.safeParse(given);
    if (!parsed.success) {
        const complaints = parsed.error.issues.map(({ path: [name = ''], message }) => {
            return `${String(name)}=${JSON.stringify(given[String(name)])}: must be ${message}`;
        });
        throw new DemoSettingsError(complaints.join('\n'));
    }
    const { PORT, HOST, DEMO_TOKENS_PER_SECOND } = parsed.data;
    return { port: PORT, host: HOST, tokensPerSecond: DEMO_TOKENS_PER_SECOND };
}
//# sourceMappingURL=settings.js.map