import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readSettings, remarksOn, SettingsError } from '../config/settings.js';
const wholeNumber = (low, high) => {
    const rule = { error: `a whole number from ${low} to ${high}` };
    return z.coerce.number(rule).int(rule).min(low, rule).max(high, rule);
};
const schema = z.object({
    PORT: wholeNumber(0, 65_535).default(8080),
    REPLICAS: wholeNumber(1, 64).default(3),
    DATA_DIR: z.string().default('.baton'),
    RESTART_DELAY_MS: wholeNumber(0, 3_600_000).default(5000),
    HEALTH_TIMEOUT_MS: wholeNumber(100, 3_600_000).default(10_000),
});
/** Stands for the demo model's address until its port is known, so that settings which depend on it can be checked. */
const SOME_MODEL = 'http://127.0.0.1/v1';
/** Checks `env`, the gateway's own settings included. Throws `SettingsError` that names every wrong one. */
export function readStackSettings(env) {
    const given = Object.fromEntries(Object.keys(schema.shape).flatMap((name) => {
        const value = env[name]?.trim();
        return value ? [[name, value]] : [];
    }));
    const parsed = schema.safeParse(given);
    const complaints = parsed.success
        ? []
        : parsed.error.issues.map(({ path: [name = ''], message }) => {
            return `${String(name)}=${JSON.stringify(given[String(name)])}: must be ${message}`;
        });
    const model = isGiven(env, 'OPENAI_API_KEY') || isGiven(env, 'OPENAI_BASE_URL') ? 'given' : 'demo';
    const gateway = readGatewaySettings(env, model, complaints);
    if (!parsed.success || gateway === undefined)
        throw new SettingsError(complaints.join('\n'));
    const memory = gateway.STORE === 'memory';
    const { PORT, REPLICAS, DATA_DIR, RESTART_DELAY_MS, HEALTH_TIMEOUT_MS } = parsed.data;
    const remarks = [...remarksOn(env, gateway)];
    if (memory)
        remarks.push('STORE=memory: everything is kept in one process only, and is lost when it ends.');
    if (memory && env.REPLICAS && REPLICAS > 1) {
        remarks.push(`REPLICAS=${REPLICAS} has no effect: with STORE=memory there is one replica, as nothing is shared.`);
    }
    return Object.freeze({
        port: PORT,
        host: gateway.HOST,
        replicas: memory ? 1 : REPLICAS,
        dataDir: resolve(DATA_DIR),
        restartDelayMs: RESTART_DELAY_MS,
        healthTimeoutMs: HEALTH_TIMEOUT_MS,
        drainTimeoutMs: gateway.DRAIN_TIMEOUT * 1000,
        redis: memory ? 'none' : isGiven(env, 'REDIS_URL') || isGiven(env, 'REDIS_SENTINELS') ? 'given' : 'own',
        model,
        basePath: gateway.BASE_PATH,
        trustUserId: gateway.TRUST_USER_ID,
        verbose: isGiven(env, 'LOG_LEVEL'),
        remarks,
    });
}
/** By itself, or by the file that holds it. */
function isGiven(env, name) {
    return Boolean(env[name]?.trim() || env[`${name}_FILE`]?.trim());
}
/** The gateway's settings as its replicas will read them; where one is wrong, undefined and a line more in `complaints`. */
function readGatewaySettings(env, model, complaints) {
    try {
        const { PORT: _nginxs, OPS_PORT: _nobodys, ...rest } = env;
        return readSettings(model === 'demo' ? { ...rest, OPENAI_BASE_URL: SOME_MODEL } : rest);
    }
    catch (error) {
        if (!(error instanceof SettingsError))
            throw error;
        complaints.push(error.message);
        return undefined;
    }
}
/** The top of the installation: the directory that holds `dist` and `nginx.conf`. */
export const installation = join(import.meta.dirname, '../..');
//# sourceMappingURL=settings.js.map