import { html } from 'lit';
/** The launcher's, by itself: all others come with the chat. */
export const chatIcon = html `<svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">
  <path d="M4 4.5h12a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3H4A1.5 1.5 0 0 1 2.5 13V6A1.5 1.5 0 0 1 4 4.5ZM6.5 8h7M6.5 11h4.5"></path>
</svg>`;
//# sourceMappingURL=chat-icon.js.map