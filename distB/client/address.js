import { ClientError } from './errors.js';
/** A gateway's URL, read; relative to the page, where there is one. Throws `ClientError` where it can be no gateway's. */
export function addressOf(url) {
    const parsed = parse(url);
    if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
        throw new ClientError('invalid', `url: not the http or https address of a gateway: ${url}`);
    }
    const { origin, pathname } = parsed;
    const prefix = pathname.replace(/\/+$/, '');
    return { base: origin + prefix, origin, path: `${prefix}/socket.io/` };
}
function parse(url) {
    try {
        return new URL(url, globalThis.location?.href);
    }
    catch {
        return null;
    }
}
//# sourceMappingURL=address.js.map