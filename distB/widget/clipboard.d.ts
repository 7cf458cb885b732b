/** Copies text. `navigator.clipboard` is missing on pages served over plain http from anywhere but localhost. */
export declare function copyText(text: string, near: HTMLElement): Promise<void>;
