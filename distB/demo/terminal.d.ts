export type Colour = 'cyan' | 'magenta' | 'yellow' | 'green' | 'red';
/** The terminal: an answer that streams, with the replica that writes it at the left of every line. Plain where it is no terminal. */
export declare class Terminal {
    #private;
    constructor(replicas: readonly string[]);
    get width(): number;
    paint(replica: string, text: string): string;
    /** A line of its own. */
    line(text?: string): void;
    /** Ends a line that has begun. */
    endLine(): void;
    /** A piece of the answer, written by `replica`. */
    stream(replica: string, piece: string): void;
}
