import { MAX_MESSAGES_BYTES } from '../../protocol/limits.js';
import { jsonBytesOf } from '../../session/weight.js';
/** The newest of `messages` that one reply may carry, oldest first: as many as fit, and one in any case. */
export function newestThatFit(messages) {
    let bytes = 0;
    const tooOld = messages.findLastIndex((message, i) => {
        bytes += jsonBytesOf(message);
        return bytes > MAX_MESSAGES_BYTES && i < messages.length - 1;
    });
    return tooOld < 0 ? messages : messages.slice(tooOld + 1);
}
//# sourceMappingURL=newest.js.map