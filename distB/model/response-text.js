import { asText } from './json.js';
import { overlapOf } from './overlap.js';
/**
 * Tells what of a response's text has not come yet. Providers say it in pieces, then whole when a part is done, again when its item is, and
 * again at the end; some leave out the pieces. Parts are told apart by their place in the output.
 */
export class ResponseText {
    /** How many units of each part came. */
    #lengths = new Map();
    /** Where an earlier stream has begun the response, the text that is there: how it fell into parts is not known then. */
    #earlier;
    constructor(earlier) {
        this.#earlier = earlier;
    }
    /** A piece of the part at that place came. */
    came(place, piece) {
        this.#lengths.set(place, (this.#lengths.get(place) ?? 0) + piece.length);
        if (this.#earlier !== null)
            this.#earlier += piece;
    }
    /** What of the whole part `text` did not come in pieces. */
    missingOf(place, text) {
        const known = this.#earlier === null ? (this.#lengths.get(place) ?? 0) : overlapOf(this.#earlier, text);
        const missing = text.slice(known);
        if (missing !== '')
            this.came(place, missing);
        return missing;
    }
    /** The same of a whole output item. */
    missingOfItem(at, item) {
        const { type, content } = (item ?? {});
        if (type !== 'message' || !Array.isArray(content))
            return '';
        return content.map((part, place) => this.missingOf(placeOf(at, place), textOf(part))).join('');
    }
    /** The same of the whole output of a response. */
    missingOfOutput(output) {
        if (!Array.isArray(output))
            return '';
        if (this.#earlier === null)
            return output.map((item, at) => this.missingOfItem(at, item)).join('');
        const whole = output.flatMap((item) => (item?.type === 'message' ? [item.content ?? []].flat() : []));
        return this.missingOf('', whole.map(textOf).join(''));
    }
}
/** Names the place of a part in the output. */
export function placeOf(outputIndex, contentIndex) {
    return `${Number(asText(outputIndex))}:${Number(asText(contentIndex))}`;
}
/** The text of a content part, a refusal's included. */
export function textOf(part) {
    const { text, refusal } = (part ?? {});
    return [text, refusal].find((words) => typeof words === 'string')?.toString() ?? '';
}
//# sourceMappingURL=response-text.js.map