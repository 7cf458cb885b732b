/** The launcher's English: all that is needed before the chat itself is there. */
export const launcherWords = {
    title: 'Chat',
    openChat: 'Open chat',
    unread: 'Unread messages: {n}',
    cannotOpen: 'The chat cannot be loaded right now. Please try again.',
};
//# sourceMappingURL=launcher-words.js.map