/**
 * Breaks lines between words for a terminal while they are written: a word that turns out to be too long for its line is taken back and
 * written again on the next one. Takes text with colours in it. Lines of code are left to the terminal.
 */
export declare class WordWrap {
    #private;
    /** `columns` of the terminal, now. */
    constructor(columns: () => number);
    /** What has to be written for `text`; `isCode`: as it is. */
    push(text: string, isCode: boolean): string;
}
