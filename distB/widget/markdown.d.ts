import { type TokensList } from 'marked';
/** The blocks of a text; one block of plain text where it is not worth parsing, or not possible. */
export declare function lex(text: string): TokensList;
