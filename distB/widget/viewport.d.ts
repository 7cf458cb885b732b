/**
 * Tells the styles of `element` which part of the page a phone shows: `--visible-top`, `-left`, `-width` and `-height` for a panel that
 * fills what the keyboard leaves free, `--beyond-right`, `-left` and `-bottom` for what sits in the corner of a site that is wider than the
 * screen. Returns the function that ends it.
 */
export declare function followViewport(element: HTMLElement): () => void;
/** Keeps the page behind a panel that covers it from scrolling. Returns the function that ends it. */
export declare function holdPage(): () => void;
