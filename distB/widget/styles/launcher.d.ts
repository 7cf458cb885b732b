/** The button in the corner, and the panel that it opens. The corner is the lower right one in every language (W1). */
export declare const launcherStyles: import("lit").CSSResult;
