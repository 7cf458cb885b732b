/** Handshakes beside each other: a frozen replica accepts TCP and says nothing, and only another try can meet another one. */
export class Race {
    #options;
    #begun = new Map();
    #timer;
    constructor(options) {
        this.#options = options;
    }
    get isOn() {
        return this.#timer !== undefined;
    }
    start() {
        const { most, make, patienceMs } = this.#options;
        this.#timer = setTimeout(() => this.start(), patienceMs());
        if (this.#begun.size >= most)
            return;
        const socket = make();
        this.#begun.set(socket, performance.now());
        socket.on('connect', () => this.#won(socket));
        socket.on('connect_error', (error) => this.#failed(socket, error));
        socket.connect();
    }
    /** Closes whatever is under way. */
    end() {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        for (const socket of this.#begun.keys())
            discard(socket);
        this.#begun.clear();
    }
    #won(socket) {
        const ms = performance.now() - (this.#begun.get(socket) ?? 0);
        socket.off();
        this.#begun.delete(socket);
        this.end();
        this.#options.won(socket, ms);
    }
    #failed(socket, error) {
        this.#begun.delete(socket);
        discard(socket);
        if (error.data?.code === undefined && this.#begun.size > 0)
            return;
        this.end();
        this.#options.lost(error);
    }
}
/** Closes a socket for good; nothing is heard of it any more. */
export function discard(socket) {
    socket.off();
    socket.disconnect();
}
//# sourceMappingURL=race.js.map