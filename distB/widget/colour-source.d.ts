type Colours = typeof import('./colours.ts');
/** From now on code is coloured by what `how` loads, when there is code for the first time. */
export declare function colourBy(how: () => Promise<Colours>): void;
/** Null where nobody said how. */
export declare function loadColours(): Promise<Colours> | null;
export {};
