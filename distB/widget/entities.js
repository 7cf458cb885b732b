/** The character references that people and models do write; a rarer one stays as it is written. */
const NAMED = {
    ...{
        amp: '&',
        lt: '<',
        gt: '>',
        quot: '"',
        apos: "'",
        nbsp: '\u00a0',
        shy: '\u00ad',
        copy: '©',
        reg: '®',
        trade: '™',
    },
    ...{ hellip: '…', ndash: '–', mdash: '—', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', laquo: '«', raquo: '»' },
    ...{ bull: '•', middot: '·', deg: '°', euro: '€', pound: '£', sect: '§', para: '¶', plusmn: '±', times: '×' },
    ...{ divide: '÷', ne: '≠', le: '≤', ge: '≥', infin: '∞', larr: '←', rarr: '→', uarr: '↑', darr: '↓', check: '✓' },
};
/** `text` with its character references as the characters that they stand for. */
export function decoded(text) {
    if (!text.includes('&'))
        return text;
    return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (written, decimal, hex, name) => {
        if (name !== undefined)
            return NAMED[name] ?? written;
        const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
        const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
        return isCharacter ? String.fromCodePoint(code) : '\ufffd';
    });
}
//# sourceMappingURL=entities.js.map