/** Defines an element, once: the page may have it from another copy of the widget. */
export declare function define(name: string, type: CustomElementConstructor): void;
