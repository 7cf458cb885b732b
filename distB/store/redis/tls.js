import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { RedisUnusable } from './unusable.js';
/**
 * How to speak TLS with Redis; null where it is not spoken. It is where `REDIS_URL` says so, and where any of the files
 * is named: who names one means it. Throws `RedisUnusable`, which names the setting, where a file cannot be used.
 */
export function tlsOf(settings, isSecureUrl) {
    const { REDIS_TLS_CERT, REDIS_TLS_KEY, REDIS_TLS_CA } = settings;
    if (!isSecureUrl && [REDIS_TLS_CERT, REDIS_TLS_KEY, REDIS_TLS_CA].every((file) => file === undefined))
        return null;
    if ((REDIS_TLS_CERT === undefined) !== (REDIS_TLS_KEY === undefined)) {
        throw new RedisUnusable('REDIS_TLS_CERT and REDIS_TLS_KEY: one needs the other');
    }
    const tls = {
        ...pem('ca', 'REDIS_TLS_CA', REDIS_TLS_CA),
        ...pem('cert', 'REDIS_TLS_CERT', REDIS_TLS_CERT),
        ...pem('key', 'REDIS_TLS_KEY', REDIS_TLS_KEY),
    };
    attempt(() => createSecureContext(tls), 'REDIS_TLS_CERT, REDIS_TLS_KEY, REDIS_TLS_CA: cannot be used');
    return tls;
}
function pem(option, setting, file) {
    if (file === undefined)
        return {};
    const content = attempt(() => readFileSync(file), `${setting}="${file}": cannot be read`);
    if (!content.includes('-----BEGIN '))
        throw new RedisUnusable(`${setting}="${file}": is no PEM file`);
    return { [option]: content };
}
function attempt(run, complaint) {
    try {
        return run();
    }
    catch (error) {
        throw new RedisUnusable(`${complaint} (${error.message})`);
    }
}
//# sourceMappingURL=tls.js.map