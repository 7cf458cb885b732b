/** The visitor's other conversations, over the present one. */
export declare const listStyles: import("lit").CSSResult;
