/** What is typed into `element` reaches none of the page's shortcuts, but for `exception`. */
export declare function keepKeys(element: HTMLElement, exception?: string): void;
