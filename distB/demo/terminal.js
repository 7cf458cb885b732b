import { styleText } from 'node:util';
const COLOURS = ['cyan', 'magenta', 'yellow', 'green'];
const WIDEST = 100;
/** The terminal: an answer that streams, with the replica that writes it at the left of every line. Plain where it is no terminal. */
export class Terminal {
    #colours = new Map();
    #width;
    /** Columns written in the present line; 0 at its start. */
    #column = 0;
    #writer = '';
    constructor(replicas) {
        this.#width = Math.min(process.stdout.columns || WIDEST, WIDEST);
        for (const [i, replica] of replicas.entries())
            this.#colours.set(replica, COLOURS[i % COLOURS.length] ?? 'cyan');
    }
    get width() {
        return this.#width;
    }
    paint(replica, text) {
        return styleText(this.#colours.get(replica) ?? 'cyan', text);
    }
    /** A line of its own. */
    line(text = '') {
        this.endLine();
        process.stdout.write(`${text}\n`);
    }
    /** Ends a line that has begun. */
    endLine() {
        if (this.#column > 0)
            process.stdout.write('\n');
        this.#column = 0;
    }
    /** A piece of the answer, written by `replica`. */
    stream(replica, piece) {
        if (replica !== this.#writer)
            this.endLine();
        this.#writer = replica;
        for (const part of piece.match(/\n|[^\S\n]+|\S+/gu) ?? [])
            this.#write(replica, part);
    }
    #write(replica, part) {
        if (part === '\n') {
            if (this.#column === 0)
                this.#startLine(replica);
            this.endLine();
            return;
        }
        if (this.#column > 0 && this.#column + part.length > this.#width)
            this.endLine();
        if (this.#column === 0)
            this.#startLine(replica);
        process.stdout.write(this.paint(replica, part));
        this.#column += part.length;
    }
    #startLine(replica) {
        const gutter = `${replica} ┃ `;
        process.stdout.write(this.paint(replica, gutter));
        this.#column = gutter.length;
    }
}
//# sourceMappingURL=terminal.js.map