/** Shorter values are no secrets, and hiding them would only garble what is shown. */
const MIN_SECRET = 4;
const MAX_SHOWN = 300;
/** What must not be shown of a provider's words, which may quote the request that they answer. */
export class Secrets {
    #values;
    constructor(values) {
        // Of `Bearer abc` the second part is the secret.
        const parts = values.flatMap((value) => [value, ...value.split(/\s+/)]);
        this.#values = [...new Set(parts)].filter((value) => value.length >= MIN_SECRET).sort((a, b) => b.length - a.length);
    }
    /** `text` without them, at most 300 characters of it. */
    hide(text) {
        const hidden = this.#values.reduce((shown, secret) => shown.replaceAll(secret, '(hidden)'), text);
        return hidden.slice(0, MAX_SHOWN);
    }
}
//# sourceMappingURL=secrets.js.map