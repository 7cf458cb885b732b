/** `text` with its character references as the characters that they stand for. */
export declare function decoded(text: string): string;
