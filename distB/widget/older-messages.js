/** Pixels from the top of the box at which older messages are fetched. */
const NEAR_TOP = 200;
/** Fetches older messages when the reader comes near the oldest that is there. */
export class OlderMessages {
    #changed;
    #mayHaveMore = true;
    isLoading = false;
    constructor(changed) {
        this.#changed = changed;
    }
    /** Another conversation was opened. */
    begin() {
        this.#mayHaveMore = true;
    }
    /** The reader has scrolled. */
    async look({ scrollTop }, { messages }, client) {
        const oldest = messages[0]?.seq ?? 1;
        if (scrollTop > NEAR_TOP || oldest === 1 || !this.#mayHaveMore || this.isLoading)
            return;
        this.isLoading = true;
        this.#changed();
        try {
            this.#mayHaveMore = (await client?.history()) ?? false;
        }
        catch {
            // the next scroll tries again
        }
        this.isLoading = false;
        this.#changed();
    }
}
//# sourceMappingURL=older-messages.js.map