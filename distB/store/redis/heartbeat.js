/** Milliseconds between heartbeats. */
const HEARTBEAT_MS = 1000;
const beats = new Set();
let timer;
/** Calls `beat` at each heartbeat, which is the same for the whole process: an idle one is woken once for all connections. Gives how to end it. */
export function onHeartbeat(beat) {
    beats.add(beat);
    timer ??= setInterval(() => {
        for (const each of beats)
            each();
    }, HEARTBEAT_MS).unref();
    return () => {
        beats.delete(beat);
        if (beats.size > 0)
            return;
        clearInterval(timer);
        timer = undefined;
    };
}
//# sourceMappingURL=heartbeat.js.map