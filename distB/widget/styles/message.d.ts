/** The messages, and the markdown in them. */
export declare const messageStyles: import("lit").CSSResult;
