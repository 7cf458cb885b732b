/** The frame of the chat: header, banner, the box that scrolls, composer. */
export declare const chatStyles: import("lit").CSSResult;
