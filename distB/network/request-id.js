import { randomUUID } from 'node:crypto';
/** Under which a request stands in the logs: what nginx has called it, where it came through one, else one of its own. */
export function requestId({ headers }) {
    const given = headers['x-request-id'];
    return typeof given === 'string' && /^[\w.:-]{8,64}$/.test(given) ? given : randomUUID();
}
//# sourceMappingURL=request-id.js.map