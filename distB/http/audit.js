import { toBatonError } from '../protocol/errors.js';
/** Writes a line for every act of an operator: who, what, to what, and what came of it; when is the line's own time. */
export class Audit {
    #log;
    constructor(log) {
        this.#log = log;
    }
    /** Does it, and writes its line, also where it fails. */
    async of({ operator: { name: by, address } }, act, target, work) {
        const line = (outcome) => this.#log.info({ audit: act, by, address, ...target, outcome }, 'audit');
        try {
            const done = await work();
            line('done');
            return done;
        }
        catch (thrown) {
            line(toBatonError(thrown).code);
            throw thrown;
        }
    }
}
//# sourceMappingURL=audit.js.map