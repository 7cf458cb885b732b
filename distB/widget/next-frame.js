/** Milliseconds without a frame. */
const LONGEST_MS = 500;
/**
 * Calls back in the next frame. Chromium forgets one that is asked for just as it shows a page again that it had kept for
 * the way back; then `work` does not wait for it, and what it changes brings the next. Returns the function that ends the wait.
 */
export function onNextFrame(work) {
    const cancel = () => {
        cancelAnimationFrame(frame);
        clearTimeout(timer);
    };
    const run = () => {
        cancel();
        work();
    };
    const frame = requestAnimationFrame(run);
    const timer = setTimeout(run, LONGEST_MS);
    return cancel;
}
//# sourceMappingURL=next-frame.js.map