/**
 * Calls back in the next frame. Chromium forgets one that is asked for just as it shows a page again that it had kept for
 * the way back; then `work` does not wait for it, and what it changes brings the next. Returns the function that ends the wait.
 */
export declare function onNextFrame(work: () => void): () => void;
