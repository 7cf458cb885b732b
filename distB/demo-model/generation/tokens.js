/**
 * Words take their leading space along, as in the tokenizers of real models; long ones are cut further below. Scripts
 * without spaces go character by character. Emoji fall apart into code points, so that a ZWJ sequence arrives in pieces.
 */
const PIECE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]| ?[\p{L}\p{M}]+| ?\p{N}{1,3}|\n+| {2,}| ?[!-/:-@[-`{-~]{1,3}|./gsu;
const LONG_WORD = 8;
const SYLLABLES = /.{1,4}/gsu;
/** Cuts `text` into tokens of about four characters, lazily. Joined they are `text`; no surrogate pair is split. */
export function* tokenize(text) {
    for (const [piece] of text.matchAll(PIECE)) {
        if (piece.length <= LONG_WORD)
            yield piece;
        else
            yield* piece.match(SYLLABLES) ?? [];
    }
}
/** How many tokens `text` takes. */
export function countTokens(text) {
    let count = 0;
    for (const _ of tokenize(text))
        count++;
    return count;
}
//# sourceMappingURL=tokens.js.map