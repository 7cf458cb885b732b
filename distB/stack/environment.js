import { resolve } from 'node:path';
import { FILES } from '../config/schema.js';
import { misspelt } from '../config/spelling.js';
/** What any program needs: to be found, and to know the user's language and time. */
const PLAIN = /^(?:PATH|HOME|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|LD_LIBRARY_PATH)$/;
/** For programs that need no setting of Baton's, so that no secret of the user's is theirs to lose. */
export function plainEnvironment(env) {
    return Object.fromEntries(Object.entries(env).filter(([name]) => PLAIN.test(name)));
}
/**
 * For replicas, who work in another directory: everything, with paths that hold there. Without what is nearly spelt like
 * a setting: the stack has warned of it, and each replica would again.
 */
export function replicaEnvironment(env) {
    const slips = misspelt(env);
    const kept = Object.entries(env).filter(([name]) => !slips.has(name));
    const paths = FILES.flatMap((name) => {
        const path = env[name]?.trim();
        return path ? [[name, resolve(path)]] : [];
    });
    return Object.fromEntries([...kept, ...paths]);
}
//# sourceMappingURL=environment.js.map