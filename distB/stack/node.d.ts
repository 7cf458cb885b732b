/** The runtime for children: this one, or the one among the packages where this one is too old (a first `npm start`). */
export declare const nodeBinary: string;
