export function userTexts(inquiry) {
    return inquiry.earlier.filter(({ role }) => role === 'user').map(({ text }) => text);
}
/** On one line, at most `length` characters, never cut inside a surrogate pair. */
export function brief(text, length) {
    const line = text.replace(/\s+/g, ' ').trim();
    return line.length <= length
        ? line
        : `${line
            .slice(0, length)
            .toWellFormed()
            .replace(/\uFFFD$/, '')}…`;
}
//# sourceMappingURL=inquiry.js.map