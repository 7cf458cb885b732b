/** FNV-1a over UTF-16 code units: the same text makes the same choice in every process. */
export declare function hash(text: string): number;
