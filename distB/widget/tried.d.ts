/** Loads a part of the widget, over a moment in which it cannot be had. */
export declare function tried<T>(load: () => Promise<T>): Promise<T>;
