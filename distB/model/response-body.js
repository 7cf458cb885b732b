/** How long the rest of a body that nobody needs is waited for, so that its connection can be used again. */
const TAIL_MS = 1000;
const ignored = { bytes() { }, end() { }, error() { } };
/**
 * The body of a response, handed on by undici's dispatcher without a Node.js stream in between, which would cost
 * more than parsing what it carries (docs/performance.md). Nothing is read from the network until `read`, nor while paused.
 */
export class ResponseBody {
    controller;
    #reader = null;
    #over = false;
    constructor(controller) {
        this.controller = controller;
        controller.pause();
    }
    /** Gives what comes, what is left after another reader included, to `reader`. */
    read(reader) {
        this.#reader = reader;
        this.flow(true);
    }
    pause() {
        this.flow(false);
    }
    resume() {
        this.flow(true);
    }
    flow(flows) {
        if (flows)
            this.controller.resume();
        else
            this.controller.pause();
    }
    /** Ends the connection: nobody hears of it. */
    cut() {
        if (this.#over)
            return;
        this.#over = true;
        this.#reader = null;
        this.controller.abort(new Error('nobody reads this response any more'));
    }
    /** Reads a body that is next to its end for nothing but its connection. */
    drain() {
        if (this.#over)
            return;
        const tail = setTimeout(() => this.cut(), TAIL_MS).unref();
        const over = () => clearTimeout(tail);
        this.read({ ...ignored, end: over, error: over });
    }
    /** The text of its first `limit` bytes, or of what there is of them after `ms` or when the connection breaks. Its end. */
    async beginning(limit, ms) {
        const chunks = [];
        let length = 0;
        const over = Promise.withResolvers();
        const timer = setTimeout(over.resolve, ms);
        this.read({
            bytes(chunk) {
                chunks.push(chunk);
                length += chunk.length;
                if (length >= limit)
                    over.resolve();
            },
            end: over.resolve,
            error: () => over.resolve(),
        });
        await over.promise;
        clearTimeout(timer);
        this.cut();
        return Buffer.concat(chunks).toString('utf8', 0, limit);
    }
    /** Of the dispatcher: */
    arrived(chunk) {
        this.#reader?.bytes(chunk);
    }
    ended() {
        this.#over = true;
        this.#reader?.end();
    }
    failed(thrown) {
        if (this.#over)
            return;
        this.#over = true;
        this.#reader?.error(thrown);
    }
}
//# sourceMappingURL=response-body.js.map