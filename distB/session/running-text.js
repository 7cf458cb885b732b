/** Stored messages with the running answer's text so far in its place. */
export function withRunningText(messages, running) {
    if (running === null)
        return messages;
    const { messageId, attempt, text } = running;
    return messages.map((message) => message.id === messageId ? { ...message, content: text, attempt, status: 'streaming' } : message);
}
//# sourceMappingURL=running-text.js.map