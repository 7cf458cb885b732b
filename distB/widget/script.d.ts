/** The `script` element that brought the widget, and what its attributes say. */
/** `url`: where the module that such an element names came from; before any of the elements is defined. */
export declare function broughtBy(url: string): void;
/** What `data-<name>` of the script says. */
export declare function scriptSays(name: string): string | null;
/** Where the script came from, with the prefix under which the gateway is mounted (R6), without a slash at the end. */
export declare function home(): string;
