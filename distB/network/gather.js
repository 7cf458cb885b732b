/** More than this does not gather: a client that reads slowly is to be noticed at what it does not take (D6). */
const MAX_BYTES = 16 * 1024;
let gathering = [];
/**
 * Makes one write to the network of all that is written to `stream` until the callback that runs now, with the promises that
 * follow from it, is through. A write costs more than making what it carries (docs/performance.md). Where this call begins
 * it, `onReleased` is called once all of it was given to the network.
 */
export function gather(stream, onReleased) {
    if (stream.writableCorked > 0)
        return;
    stream.cork();
    if (gathering.push({ stream, onReleased }) === 1)
        process.nextTick(release);
}
/** Whether so many bytes gather with others. */
export function isLittle(bytes) {
    return bytes <= MAX_BYTES;
}
/** Whether nothing keeps so many bytes from the network but what gathers, which goes out now where they are too many to be added. */
export function isFree(stream, bytes) {
    if (stream.writableCorked > 0 && !isLittle(stream.writableLength + bytes))
        stream.uncork();
    return stream.writableCorked > 0 || stream.writableLength === 0;
}
function release() {
    const released = gathering;
    gathering = [];
    for (const { stream, onReleased } of released) {
        stream.uncork();
        onReleased?.();
    }
}
//# sourceMappingURL=gather.js.map