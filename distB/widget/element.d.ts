/** An element with a class, which is its `part` as well, and children; text children are text, never markup. */
export declare function element<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, ...children: (Node | string)[]): HTMLElementTagNameMap[K];
export declare function button(className: string, label: string, onClick: () => void): HTMLButtonElement;
/** A button that shows an icon; its label is its name. */
export declare function iconButton(className: string, label: string, drawing: string, onClick: () => void): HTMLButtonElement;
/** Gives such a button another name and icon. */
export declare function named(control: HTMLButtonElement, label: string, drawing: string): void;
/** A link out of the chat; null where `url` is none that may be followed (W4). */
export declare function outwardLink(url: unknown, content: Node | string): HTMLAnchorElement | null;
