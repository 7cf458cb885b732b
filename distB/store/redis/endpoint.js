import { TIMEOUT_MS } from './options.js';
import { tlsOf } from './tls.js';
import { RedisUnusable } from './unusable.js';
/** Throws `RedisUnusable` where the settings name what cannot be. */
export function endpointOf(settings) {
    const { REDIS_URL, REDIS_SENTINELS = [], REDIS_MASTER = '' } = settings;
    const urls = REDIS_URL.map((url) => new URL(url));
    const credentials = credentialsOf(urls, settings);
    if (REDIS_SENTINELS.length > 0) {
        const name = `The Redis "${REDIS_MASTER}" of the Sentinels ${REDIS_SENTINELS.join(', ')}`;
        return { kind: 'sentinel', name, credentials, options: sentinelOptions(settings, credentials) };
    }
    const hosts = urls.map((url) => url.host).join(', ');
    const [url, ...more] = REDIS_URL;
    if (url !== undefined && more.length === 0)
        return { kind: 'node', name: `Redis at ${hosts}`, credentials, url };
    if (urls.some((each) => databaseOf(each) !== 0))
        throw new RedisUnusable('REDIS_URL: a Cluster has no database but 0');
    return { kind: 'cluster', name: `The Redis Cluster at ${hosts}`, credentials, nodes: urls.map(addressOf) };
}
/** Those of the first URL that has some hold for all: the nodes of a Cluster, or of a group, have them in common. */
function credentialsOf(urls, settings) {
    const first = urls.find((url) => url.password !== '') ?? urls[0];
    if (first === undefined)
        return {};
    const tls = tlsOf(settings, first.protocol === 'rediss:');
    const db = databaseOf(first);
    return {
        ...(first.username === '' ? {} : { username: decodeURIComponent(first.username) }),
        ...(first.password === '' ? {} : { password: decodeURIComponent(first.password) }),
        ...(db === 0 ? {} : { db }),
        ...(tls === null ? {} : { tls }),
    };
}
function databaseOf({ pathname }) {
    const path = pathname.replace(/^\//, '');
    if (/^\d*$/.test(path))
        return Number(path);
    throw new RedisUnusable(`REDIS_URL: "${path}" is no number of a database; 0, the first, is the default`);
}
function addressOf(url) {
    return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 6379) };
}
function sentinelOptions(settings, { tls }) {
    const { REDIS_SENTINELS = [], REDIS_MASTER = '', REDIS_SENTINEL_PASSWORD: password } = settings;
    return {
        sentinels: REDIS_SENTINELS.map((sentinel) => addressOf(new URL(`redis://${sentinel}`))),
        name: REDIS_MASTER,
        // A frozen Sentinel must not hold up the question to the next one.
        sentinelCommandTimeout: TIMEOUT_MS,
        ...(password === undefined ? {} : { sentinelPassword: password }),
        ...(tls === undefined ? {} : { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    };
}
//# sourceMappingURL=endpoint.js.map