/** The code as text and `span`s with `hljs-…` classes; null where the language is not known. */
export declare function coloured(code: string, language: string): DocumentFragment | null;
