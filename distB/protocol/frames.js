/**
 * The text frames of Socket.IO protocol 5 over Engine.IO protocol 4 in the namespace `/`, for clients that have no library for
 * them (SPEC.md, section 1). Pure.
 */
/** A frame that is none of the protocol's, or of a part of it that the gateway has no use for. */
export class UnknownFrame extends Error {
    name = 'UnknownFrame';
}
export const CONNECT = '40';
export const PONG = '3';
export const DISCONNECT = '41';
/** A CONNECT that says who connects. */
export function connectFrame(auth) {
    return `${CONNECT}${JSON.stringify(auth)}`;
}
/** An event that is to be acknowledged under `id`. */
export function eventFrame(id, name, payload) {
    return `42${id}${JSON.stringify([name, payload])}`;
}
/** Throws `UnknownFrame`. */
export function decode(frame) {
    if (frame === '2')
        return { kind: 'ping' };
    if (frame.startsWith('0'))
        return handshake(frame);
    const rest = frame.slice(2);
    switch (frame.slice(0, 2)) {
        case '40':
            return connected(rest, frame);
        case '41':
            if (rest !== '')
                throw unknown(frame);
            return { kind: 'disconnected' };
        case '42':
            return event(rest, frame);
        case '43':
            return acknowledgement(rest, frame);
        case '44':
            return refused(rest, frame);
        default:
            throw unknown(frame);
    }
}
/** Where the gateway is, as WebSocket clients write it. */
export function socketUrl(url) {
    return `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/socket.io/?EIO=4&transport=websocket`;
}
function handshake(frame) {
    const { pingInterval, pingTimeout } = parse(frame.slice(1), frame);
    if (typeof pingInterval !== 'number' || typeof pingTimeout !== 'number')
        throw unknown(frame);
    return { kind: 'handshake', pingInterval, pingTimeout };
}
function connected(rest, frame) {
    if (typeof parse(rest, frame).sid !== 'string')
        throw unknown(frame);
    return { kind: 'connected' };
}
function refused(rest, frame) {
    const { message, data } = parse(rest, frame);
    if (typeof message !== 'string')
        throw unknown(frame);
    return { kind: 'refused', message, data };
}
/** The gateway asks for no acknowledgements, so there is no id before the array. */
function event(rest, frame) {
    const [name, payload] = array(rest, frame);
    if (typeof name !== 'string')
        throw unknown(frame);
    return { kind: 'event', name, payload };
}
function acknowledgement(rest, frame) {
    const digits = /^\d+/.exec(rest)?.[0];
    if (digits === undefined)
        throw unknown(frame);
    const reply = array(rest.slice(digits.length), frame);
    if (reply.length !== 1)
        throw unknown(frame);
    return { kind: 'acknowledgement', id: Number(digits), payload: reply[0] };
}
function array(json, frame) {
    const value = parse(json, frame);
    if (!Array.isArray(value))
        throw unknown(frame);
    return value;
}
function parse(json, frame) {
    try {
        const value = JSON.parse(json);
        if (typeof value === 'object' && value !== null)
            return value;
    }
    catch { } // told below
    throw unknown(frame);
}
function unknown(frame) {
    return new UnknownFrame(`not a frame of the gateway's: ${frame.slice(0, 100)}`);
}
//# sourceMappingURL=frames.js.map