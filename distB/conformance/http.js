import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { PATIENCE_MS } from './connection.js';
import { Aborted, Failure } from './verdict.js';
/** Most characters of a body that are read. */
const MOST = 8 * 1024 * 1024;
/** The whole reply to one request, redirects not followed. A protocol switch gives the status 101. Rejects with `Failure`. */
export async function fetchReply(url, asked) {
    const what = `${asked.method ?? 'GET'} ${new URL(url).pathname}`;
    const reply = await begin(url, asked, what, AbortSignal.any([asked.signal, AbortSignal.timeout(asked.ms ?? PATIENCE_MS)]));
    const text = await read(reply, asked.signal, what);
    return {
        status: reply.statusCode ?? 0,
        headers: reply.headers,
        text,
        json: () => parse(text, what),
    };
}
/** A reply whose body is still to come. The caller destroys it. Rejects with `Failure`. */
export function begin(url, asked, what, signal) {
    const { method = 'GET', headers = {}, body } = asked;
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const own = typeof body === 'object' ? { 'content-type': 'application/json' } : {};
    const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) };
    return new Promise((resolve, reject) => {
        const send = url.startsWith('https:') ? secure : plain;
        const request = send(url, {
            method,
            headers: { ...own, ...length, ...headers },
            agent: false,
            signal,
        });
        request.once('response', resolve);
        request.once('upgrade', (reply, socket) => {
            socket.destroy();
            resolve(reply);
        });
        request.once('error', (problem) => reject(failureOf(problem, asked.signal, what)));
        request.end(text);
    });
}
async function read(reply, signal, what) {
    if (reply.statusCode === 101)
        return '';
    let text = '';
    try {
        for await (const piece of reply.setEncoding('utf8')) {
            text += piece;
            if (text.length > MOST)
                throw new Failure('the body does not end');
        }
        return text;
    }
    catch (thrown) {
        throw failureOf(thrown, signal, what);
    }
    finally {
        reply.destroy();
    }
}
export function failureOf(problem, signal, what) {
    if (signal.aborted)
        return new Aborted('it was ended');
    const isLate = problem.name === 'AbortError' || problem.name === 'TimeoutError';
    return new Failure(`${what}: ${isLate ? 'no reply in time' : problem.message}`);
}
function parse(text, what) {
    try {
        return JSON.parse(text);
    }
    catch {
        throw new Failure(`${what}: the body is not JSON: ${text.slice(0, 100)}`);
    }
}
//# sourceMappingURL=http.js.map