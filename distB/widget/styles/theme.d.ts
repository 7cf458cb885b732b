/**
 * The unit of every length here: the visitor's own size of text, as `rem` would be, but on sites that set another size for
 * their `html`. Registered, so that it is computed where it is set and not anew wherever the text is smaller.
 */
export declare function registerUnit(): void;
/** What both elements share: isolation from the page, and the colours and sizes that the page may set (`--baton-…`). */
export declare const themeStyles: import("lit").CSSResult;
