/** FNV-1a over UTF-16 code units: the same text makes the same choice in every process. */
export function hash(text) {
    let value = 0x811c9dc5;
    for (let i = 0; i < text.length; i++)
        value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
    return value >>> 0;
}
//# sourceMappingURL=hash.js.map