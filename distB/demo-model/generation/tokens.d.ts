/** Cuts `text` into tokens of about four characters, lazily. Joined they are `text`; no surrogate pair is split. */
export declare function tokenize(text: string): Generator<string>;
/** How many tokens `text` takes. */
export declare function countTokens(text: string): number;
