/**
 * The last resort (X6): what was thrown where nobody caught it ends one piece of work, not the replica with everybody's
 * answers. It is a bug all the same: it is logged as an error with its stack and counted as `baton_caught_total`.
 *
 * Thrown away is the call that threw, nothing else: its caller is told nothing and waits until its own time
 * limit; its socket, session and answer stay as they were at that instant. What Redis holds is whole in any case, because
 * each change to it is one script. Gives what takes the guard away again.
 */
export function guardProcess(log, meter) {
    const caught = (err, origin) => {
        meter.caught(1, { door: 'process' });
        log.error({ err, origin }, 'caught: nobody else did');
    };
    process.on('uncaughtException', caught); // unhandled rejections come as such
    return () => process.off('uncaughtException', caught);
}
//# sourceMappingURL=guard.js.map