import { readText } from './files.js';
import { MAY_BE_EMPTY, SECRETS, schema } from './schema.js';
const SECRET_NAMES = new Set(SECRETS);
/** Takes each setting from its variable or, where it may hold a secret, from the file that `<name>_FILE` names (R6). */
export function givenBy(env) {
    const values = {};
    const complaints = [];
    for (const name of Object.keys(schema.shape)) {
        const value = env[name]?.trim();
        if (value !== undefined && (value !== '' || MAY_BE_EMPTY.has(name)))
            values[name] = value;
        const path = SECRET_NAMES.has(name) ? env[`${name}_FILE`]?.trim() : undefined;
        if (!path)
            continue;
        const content = readText(path);
        if (values[name] !== undefined)
            complaints.push(`${name} and ${name}_FILE: only one of them can be set`);
        else if ('problem' in content) {
            complaints.push(`${name}_FILE=${JSON.stringify(path)}: must be a file that can be read (${content.problem})`);
        }
        else if (content.text.trim() === '') {
            complaints.push(`${name}_FILE=${JSON.stringify(path)}: must be a file that is not empty`);
        }
        else
            values[name] = content.text.trim();
    }
    return { values, complaints };
}
const URLS = /_URL$/;
const PLAIN_URL = /^(?:[a-z]+:\/\/)?[\w.-]+(?::\d+)?(?:\/[^?#]*)?$/i;
/** A setting's value as it may be shown: no key, and of a URL neither who signs in nor what may be one in its query. */
export function shown(name, value) {
    if (!URLS.test(name) || value === undefined)
        return SECRET_NAMES.has(name) ? '(hidden)' : value;
    const open = value.replace(/^.*@/s, '').replace(/[?#].*$/s, '');
    const isPlain = open.split(',').every((url) => PLAIN_URL.test(url.trim()));
    return isPlain ? `${value.includes('@') ? '(hidden)@' : ''}${open}` : '(hidden)';
}
//# sourceMappingURL=environment.js.map