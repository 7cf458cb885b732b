/** How many of the first messages take at most `bytes`, roughly; at least one, where there is one. */
export function leading(messages, bytes) {
    let left = bytes;
    const end = messages.findIndex(({ content, metadata }) => {
        left -= content.length + JSON.stringify(metadata).length;
        return left < 0;
    });
    return end < 0 ? messages.length : Math.max(1, end);
}
//# sourceMappingURL=leading.js.map