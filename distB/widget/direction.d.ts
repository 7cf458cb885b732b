/** By what most of the text is: `dir="auto"` goes by its first word, which in a text about software is often a Latin name. */
export declare function directionOf(text: string): 'ltr' | 'rtl';
