/** A button that copies what `text` gives when it is pressed, and says so in its own place for a moment. */
export declare function copyButton(className: string, label: string, copied: string, text: () => string): HTMLButtonElement;
