import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
/** Who may operate (`ADMIN_TOKEN`). How long a comparison takes tells nothing of a token. */
export class Operators {
    #tokens;
    constructor(tokens) {
        this.#tokens = tokens;
    }
    /** Who has the token; null where nobody. */
    find(token) {
        let found = null;
        for (const one of this.#tokens)
            if (areEqual(one.token, token))
                found = one;
        return found;
    }
    /** Whether `proof` was made of `text` by somebody of that name. */
    hasSigned(name, text, proof) {
        return this.#tokens.some((one) => one.name === name && areEqual(signature(one, text), proof));
    }
}
/** Shows to whoever has the same tokens that the holder of this one wrote `text`. */
export function signature({ token }, text) {
    return createHmac('sha256', token).update(text).digest('base64url');
}
/** Of digests, which are as long as each other. */
function areEqual(one, other) {
    const digest = (text) => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(one), digest(other));
}
//# sourceMappingURL=operators.js.map