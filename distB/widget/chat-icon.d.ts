/** The launcher's, by itself: all others come with the chat. */
export declare const chatIcon: import("lit-html").TemplateResult<1>;
