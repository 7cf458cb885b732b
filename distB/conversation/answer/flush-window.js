/**
 * How long text of running answers may be gathered before the next append (D5): at once while the loop is idle, then
 * longer, because a write to a socket costs as much as all else that a token needs, and one append call for many answers
 * little more than one for one. At 40 tokens a second and answer `DELTA_WINDOW_MS` finds a single token more often than
 * not, so under load it is stretched: a token costs a sixth less then (docs/performance.md). Where there is nothing but
 * work, latency is given up to keep up.
 */
export function flushWindow(utilisation, maxMs) {
    if (maxMs === 0 || utilisation < 0.05)
        return 0;
    if (utilisation < 0.1)
        return Math.min(5, maxMs);
    if (utilisation < 0.12)
        return maxMs;
    if (utilisation < 0.99)
        return 1.4 * maxMs;
    return 2 * maxMs;
}
//# sourceMappingURL=flush-window.js.map