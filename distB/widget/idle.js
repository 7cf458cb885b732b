/** Calls back when there is nothing else to do. Returns the function that ends the wait. */
export function whenIdle(work) {
    if (typeof requestIdleCallback === 'function') {
        const id = requestIdleCallback(work, { timeout: 500 });
        return () => cancelIdleCallback(id);
    }
    const id = setTimeout(work, 30);
    return () => clearTimeout(id);
}
//# sourceMappingURL=idle.js.map