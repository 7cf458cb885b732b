import { createHash } from 'node:crypto';
import { pino } from 'pino';
const SECRETS = ['authorization', 'token', 'secret', 'password', 'apiKey'];
const HOLDERS = ['', '*.', '*.*.'];
/**
 * JSON lines on stdout, each with `replica`, `level` as a word and an ISO time. What goes by a secret's name is hidden
 * up to two objects deep. A session's id is a capability (X3): what is logged as `session` or `sessionId` is its digest.
 * Satisfies the `Log` port.
 */
export function createLog(settings, destination) {
    const options = {
        level: settings.LOG_LEVEL,
        base: { replica: settings.REPLICA_ID },
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        serializers: { session: digestOf, sessionId: digestOf },
        redact: { paths: HOLDERS.flatMap((holder) => SECRETS.map((name) => holder + name)), censor: '[hidden]' },
    };
    return destination === undefined ? pino(options) : pino(options, destination);
}
/** The first 12 hexadecimal digits of an id's SHA-256: enough to find the lines of one session, no way back to its id. */
export function digestOf(sessionId) {
    return createHash('sha256').update(String(sessionId)).digest('hex').slice(0, 12);
}
//# sourceMappingURL=log.js.map