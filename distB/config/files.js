import { readFileSync } from 'node:fs';
/** A file's text or, where it cannot be read, why, as the system names it (`ENOENT`). */
export function readText(path) {
    try {
        return { text: readFileSync(path, 'utf8') };
    }
    catch (error) {
        return { problem: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
    }
}
//# sourceMappingURL=files.js.map