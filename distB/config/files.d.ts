/** A file's text or, where it cannot be read, why, as the system names it (`ENOENT`). */
export declare function readText(path: string): {
    readonly text: string;
} | {
    readonly problem: string;
};
