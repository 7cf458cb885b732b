import { styleText } from 'node:util';
import { Screen } from '../stack/screen.js';
/** Shows how the stack comes up, then hands on what the replicas log instead of printing it. */
export class LogScreen extends Screen {
    /** Called for every line that a replica logs. */
    onLog = () => { };
    #quiet = false;
    constructor() {
        super(false);
    }
    /** From now on nothing of the stack's is printed. */
    hush() {
        this.#quiet = true;
    }
    about(name, text) {
        if (!this.#quiet)
            console.log(styleText('dim', `  ${name.padEnd(5)} ${text}`));
    }
    line(name, text) {
        const record = parse(text);
        if (record !== null)
            this.onLog(name, record);
    }
}
function parse(text) {
    try {
        const record = JSON.parse(text);
        return typeof record === 'object' && record !== null && 'msg' in record && 'time' in record
            ? record
            : null;
    }
    catch {
        return null;
    }
}
//# sourceMappingURL=log-screen.js.map