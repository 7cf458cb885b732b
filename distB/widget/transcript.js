/** What was said, to be kept: who, when, and the words as they were written. */
export function transcriptOf(messages, kind, locale) {
    const { tag, strings } = locale;
    const format = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' });
    const told = messages.map(({ role, createdAt, content }) => {
        const who = role === 'user' ? strings.you : strings.assistant;
        const head = `${who}, ${format.format(new Date(createdAt))}`;
        return `${kind === 'markdown' ? `**${head}**` : head}\n\n${content.trim()}\n`;
    });
    return told.join(kind === 'markdown' ? '\n---\n\n' : '\n\n');
}
/** Hands the text to the visitor as a file. */
export function saveText(name, text) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
//# sourceMappingURL=transcript.js.map