/** Released last in, first out. */
export class ReleaseStack {
    #releases = [];
    add(release) {
        this.#releases.push(release);
    }
    async release(log) {
        for (let release = this.#releases.pop(); release !== undefined; release = this.#releases.pop()) {
            try {
                await release();
            }
            catch (err) {
                log.warn({ err }, 'a resource was not released cleanly');
            }
        }
    }
}
//# sourceMappingURL=release-stack.js.map