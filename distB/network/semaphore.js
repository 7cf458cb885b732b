/** Does work a bounded number at a time, first come first served. */
export class Semaphore {
    #atOnce;
    #waiting = [];
    #underWay = 0;
    constructor(atOnce) {
        this.#atOnce = atOnce;
    }
    async run(work) {
        if (this.#underWay >= this.#atOnce)
            await new Promise((resolve) => this.#waiting.push(resolve));
        else
            this.#underWay++;
        try {
            return await work();
        }
        finally {
            const next = this.#waiting.shift(); // its place is handed on
            if (next === undefined)
                this.#underWay--;
            else
                next();
        }
    }
}
//# sourceMappingURL=semaphore.js.map