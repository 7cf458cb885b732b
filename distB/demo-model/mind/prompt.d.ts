/** What the model is asked, free of any wire. */
export interface Turn {
    readonly role: 'system' | 'user' | 'assistant';
    readonly text: string;
}
export interface Prompt {
    readonly turns: readonly Turn[];
    /** The trailing assistant turn is the beginning of the answer: what follows it is asked for. */
    readonly continuesLast: boolean;
}
