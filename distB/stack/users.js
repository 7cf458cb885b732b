import { readFileSync } from 'node:fs';
/** Debian's for web servers, other systems', and the one that everybody has. */
const UNPRIVILEGED = ['www-data', 'nginx', 'nobody'];
/** A user of this machine who may do nothing, with that user's group; undefined where there is none. */
export function unprivilegedUser() {
    const users = records('/etc/passwd');
    const groups = records('/etc/group');
    for (const name of UNPRIVILEGED) {
        const [user, , , groupId] = users.find(([one]) => one === name) ?? [];
        const [group] = groups.find(([, , id]) => id === groupId) ?? [];
        if (user && group)
            return { user, group };
    }
    return undefined;
}
function records(path) {
    try {
        return readFileSync(path, 'utf8')
            .split('\n')
            .map((line) => line.split(':'));
    }
    catch {
        return [];
    }
}
//# sourceMappingURL=users.js.map