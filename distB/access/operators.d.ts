/** A token of `ADMIN_TOKEN`, and whose it is. */
export interface OperatorToken {
    readonly name: string;
    readonly token: string;
}
/** Who may operate (`ADMIN_TOKEN`). How long a comparison takes tells nothing of a token. */
export declare class Operators {
    #private;
    constructor(tokens: readonly OperatorToken[]);
    /** Who has the token; null where nobody. */
    find(token: string): OperatorToken | null;
    /** Whether `proof` was made of `text` by somebody of that name. */
    hasSigned(name: string, text: string, proof: string): boolean;
}
/** Shows to whoever has the same tokens that the holder of this one wrote `text`. */
export declare function signature({ token }: OperatorToken, text: string): string;
