/** The languages that the content is written in. */
export declare const LANGUAGES: readonly ['en', 'de', 'es', 'fr', 'vi', 'zh', 'ar', 'ja'];
export type Language = (typeof LANGUAGES)[number];
/** The language to answer `text` in: the one it asks for, else the one it is written in, else English. */
export declare function languageOf(text: string): Language;
