/** Two quiet notes. Browsers play them only where the visitor has touched the page before. */
export declare function chime(): void;
