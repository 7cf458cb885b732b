import { styleText } from 'node:util';
import { FAULTS } from './options.js';
import { findingsOf } from './proof.js';
import { Terminal } from './terminal.js';
import { rowsOf, scaleOf } from './timeline.js';
import { Viewer } from './viewer.js';
/** Characters that are to be seen before the replica is struck. */
const STRIKE_AFTER = 300;
const ANSWER_MS = 120_000;
/** One performance: the question, the blow, the takeover, the proof. */
export class Play {
    #stage;
    #options;
    #terminal;
    #takeovers = [];
    #owner = '';
    #askedAt = 0;
    #struckAt = null;
    #noticed = false;
    constructor(stage, screen, options) {
        this.#stage = stage;
        this.#options = options;
        this.#terminal = new Terminal(stage.plan.replicas.map(({ name }) => name));
        screen.onLog = (replica, record) => this.#logged(replica, record);
    }
    /** Resolves with whether everything holds that was to be shown. Rejects when `quit` is aborted. */
    async perform(quit) {
        const near = new Viewer(this.#stage.plan.url);
        const viewers = [near];
        try {
            await near.client.open();
            const elsewhere = this.#stage.plan.replicas.find(({ name }) => name !== near.client.state.replica)?.name ?? '';
            const far = new Viewer(`http://127.0.0.1:${this.#stage.portOf(elsewhere)}`);
            viewers.push(far);
            await far.client.open();
            return await this.#show(near, far, AbortSignal.any([quit, AbortSignal.timeout(ANSWER_MS)]));
        }
        catch (error) {
            if (!(error instanceof Error && error.name === 'TimeoutError'))
                throw error;
            this.#terminal.line(styleText('red', `The answer did not end within ${ANSWER_MS / 1000} s.`));
            return false;
        }
        finally {
            this.#terminal.endLine();
            for (const viewer of viewers)
                viewer.client.close();
        }
    }
    async #show(near, far, quit) {
        const { question, fault } = this.#options;
        const terminal = this.#terminal;
        const before = await this.#stage.modelActivity();
        const undisturbed = this.#stage.askModel(question, quit);
        undisturbed.catch(() => { }); // awaited below, unless something else ends the play before
        this.#owner = near.client.state.replica ?? '';
        const first = this.#owner;
        near.onText = (piece) => {
            if (piece === null)
                terminal.line(styleText('yellow', '  the text starts again from nothing'));
            else
                terminal.stream(this.#owner, piece);
        };
        terminal.line();
        terminal.line(styleText('bold', question));
        terminal.line(styleText('dim', `asked through nginx; ${first} answers`));
        terminal.line();
        this.#askedAt = Date.now();
        await near.client.send(question);
        await near.until(() => near.shown.length >= STRIKE_AFTER || ended(near), quit);
        if (ended(near)) {
            terminal.line('The answer was over before anything could happen to it. Ask for something longer.');
            return false;
        }
        this.#strike(near, first);
        await Promise.all([near, far].map((viewer) => viewer.until(() => ended(viewer), quit)));
        const total = Date.now() - this.#askedAt;
        this.#drawTimeline(first, total);
        this.#tellTimes(near, far);
        const control = await undisturbed;
        const { tokens } = await this.#stage.modelActivity();
        return this.#tellFindings(findingsOf({
            fault,
            undisturbed: control,
            tokens: tokens - before.tokens - control.tokens,
            reattaches: this.#reattaches,
            restarts: process.env.LLM_RESUME === 'restart',
            final: near.answer,
            viewers: [
                { name: 'the client that lost its replica', ...seenBy(near) },
                { name: 'the client on another replica', ...seenBy(far) },
            ],
        }));
    }
    get #reattaches() {
        const { LLM_API, LLM_RESUME } = process.env;
        return LLM_API === 'responses' && (!LLM_RESUME || LLM_RESUME === 'auto' || LLM_RESUME === 'reattach');
    }
    #strike(near, replica) {
        const { signal, words } = FAULTS[this.#options.fault];
        this.#struckAt = Date.now();
        const pid = this.#stage.signal(replica, signal);
        this.#terminal.line(styleText('red', `✕ ${replica} is ${words} (process ${pid}), ${near.shown.length} characters are shown`));
    }
    #logged(replica, record) {
        if (this.#struckAt === null)
            return;
        const at = Date.parse(record.time);
        if (record.msg === 'a replica is dead' && !this.#noticed) {
            this.#noticed = true;
            this.#tell(at, replica, 'notices');
        }
        else if (record.msg === 'took an answer over') {
            this.#takeovers.push({ at, replica, length: Number(record.characters) });
            this.#tell(at, replica, `has taken the answer over, with the ${record.characters} characters that are stored`);
            this.#owner = replica;
        }
    }
    #tell(at, replica, what) {
        const ms = `+${at - (this.#struckAt ?? at)} ms`;
        this.#terminal.line(this.#terminal.paint(replica, `${ms.padStart(10)}  ${replica} ${what}`));
    }
    #drawTimeline(first, total) {
        const { replicas } = this.#stage.plan;
        const struckAt = (this.#struckAt ?? 0) - this.#askedAt;
        const owners = [{ replica: first, at: this.#askedAt }, ...this.#takeovers];
        const spans = owners.map(({ replica, at }, i) => {
            const next = owners[i + 1]?.at;
            return { replica, from: at - this.#askedAt, to: next === undefined ? total : next - this.#askedAt };
        });
        const names = replicas.map(({ name }) => name);
        const struck = { replica: first, at: struckAt, isGone: this.#options.fault !== 'drain' };
        const width = this.#terminal.width - 8;
        const rows = rowsOf({ replicas: names, spans, struck, total }, width);
        this.#terminal.line();
        this.#terminal.line(styleText('dim', `      ${scaleOf(total, width)}`));
        for (const [i, row] of rows.entries()) {
            const name = names[i] ?? '';
            this.#terminal.line(this.#terminal.paint(name, `  ${name}  ${row}`));
        }
    }
    #tellTimes(near, far) {
        const struckAt = this.#struckAt ?? 0;
        const taken = this.#takeovers[0];
        const back = near.returns.find(({ at }) => at > struckAt);
        const after = (at) => (at === undefined ? 'never' : `${at - struckAt} ms`);
        this.#terminal.line(`\nAfter the blow`);
        this.#terminal.line(`  ${after(taken?.at).padStart(8)}  another replica had taken the answer over`);
        if (back !== undefined) {
            this.#terminal.line(`  ${after(back.at).padStart(8)}  the client that lost its replica was back, through nginx on ${back.replica}`);
        }
        const length = taken?.length ?? near.shown.length;
        this.#terminal.line(`  ${after(far.beyond(length)).padStart(8)}  the next new text at the client on another replica`);
        this.#terminal.line(`  ${after(near.beyond(length)).padStart(8)}  the next new text at the client that lost its replica`);
    }
    #tellFindings(findings) {
        const isWhole = findings.every(({ holds }) => holds);
        this.#terminal.line('\nThe proof');
        for (const { holds, text } of findings) {
            this.#terminal.line(holds ? styleText('green', `  ✓ ${text}`) : styleText('red', `  ✗ ${text}`));
        }
        this.#terminal.line();
        if (isWhole)
            this.#terminal.line(styleText(['bold', 'green'], 'The answer is whole.'));
        else
            this.#terminal.line(styleText(['bold', 'red'], 'The answer is NOT whole.'));
        return isWhole;
    }
}
function ended(viewer) {
    return viewer.answer !== undefined && viewer.answer.status !== 'streaming';
}
function seenBy({ shown, wasTakenBack }) {
    return { shown, wasTakenBack };
}
//# sourceMappingURL=play.js.map