import { createInterface } from 'node:readline';
import { styleText } from 'node:util';
import { failureOf } from '../client/errors.js';
import { ClientError } from '../client/index.js';
import { ActivityPrinter } from './activity-printer.js';
import { AnswerPrinter } from './answer-printer.js';
import { harmless } from './markdown-style.js';
/** How many of the messages that were said before are shown at the start. */
const SHOWN_HISTORY = 10;
const HELP = `/again   have the last answer made again
/new     begin a new conversation
/help    this
/quit    leave (so do Ctrl-C and Ctrl-D)`;
/** A conversation between a person at a terminal and a gateway. */
export class TerminalChat {
    #client;
    #out;
    #typed = [];
    constructor(client) {
        this.#client = client;
        this.#out = process.stdout.isTTY ? process.stdout : process.stderr;
    }
    /** Resolves with the exit code when the person leaves. */
    async run() {
        const { session, messages } = this.#client.state;
        this.#say(`Session ${session?.id}. Ctrl-C stops an answer, /help lists the commands.`);
        this.#showHistory(messages);
        const running = messages.find(({ status }) => status === 'streaming');
        if (running !== undefined)
            await this.#show(Promise.resolve(running));
        for (;;) {
            const line = await this.#read();
            if (line === null || line === '/quit')
                return 0;
            await this.#do(line.trim());
        }
    }
    async #do(line) {
        if (line === '')
            return;
        if (line === '/help')
            this.#say(HELP);
        else if (line === '/new') {
            this.#client.newConversation();
            await this.#client.open();
            this.#say(`Session ${this.#client.state.session?.id}.`);
        }
        else if (line === '/again')
            await this.#show(this.#client.regenerate());
        else if (/^\/\w+$/.test(line))
            this.#say(`There is no ${line}. ${HELP.split('\n')
                .map((help) => help.split(' ')[0])
                .join(' ')}`);
        else
            await this.#show(this.#client.send(line).then(({ answer }) => answer));
    }
    /** Writes an answer as it comes. Ctrl-C stops it; once more, and the program ends. */
    async #show(asked) {
        const leave = () => process.exit(0);
        const stop = () => {
            process.once('SIGINT', leave);
            asked.then(() => this.#client.stop()).catch(() => { });
        };
        process.once('SIGINT', stop);
        const printer = new AnswerPrinter(process.stdout);
        const activity = new ActivityPrinter(this.#out);
        const unsubscribe = this.#client.subscribe((state) => {
            const isBefore = state.messages.at(-1)?.content === ''; // in the middle of an answer it would break the line
            if (isBefore)
                activity.print(state.activity);
            else
                activity.end();
        });
        try {
            const { id } = await asked;
            const final = await this.#client.follow(id, (view) => printer.print(view));
            activity.end();
            printer.end();
            this.#tellEnd(final);
        }
        catch (error) {
            activity.end();
            printer.end();
            if (!(error instanceof ClientError))
                throw error;
            this.#complain(error.message);
            for (const { id } of this.#client.state.outbox)
                this.#client.discard(id);
        }
        finally {
            unsubscribe();
            process.off('SIGINT', stop);
            process.off('SIGINT', leave);
        }
    }
    #tellEnd(answer) {
        const { status, metadata } = answer;
        const replicas = Array.isArray(metadata.replicas) ? metadata.replicas : [];
        if (status === 'stopped')
            this.#say('(stopped)');
        else if (status === 'error')
            this.#complain(`${failureOf(answer)} (/again asks once more)`);
        if (replicas.length > 1)
            this.#say(`(written by ${replicas.join(', then ')})`);
    }
    #showHistory(messages) {
        const shown = messages.filter(({ status }) => status !== 'streaming').slice(-SHOWN_HISTORY);
        const earlier = messages.length - shown.length;
        if (earlier > 0 && shown.length > 0)
            this.#say(`(${earlier} earlier messages)`);
        for (const message of shown) {
            if (message.role === 'user')
                process.stdout.write(`${this.#prompt}${harmless(message.content)}\n`);
            else {
                const printer = new AnswerPrinter(process.stdout);
                printer.print(message);
                printer.end();
            }
        }
    }
    /** What is typed next, several lines where several were pasted; null where the person leaves. */
    #read() {
        const { promise, resolve } = Promise.withResolvers();
        const lines = [];
        const input = createInterface({
            input: process.stdin,
            output: this.#out,
            prompt: this.#prompt,
            history: this.#typed,
        });
        input.on('history', (typed) => {
            this.#typed = typed;
        });
        input.on('SIGINT', () => input.close());
        input.on('line', (line) => {
            lines.push(line);
            if (lines.length === 1)
                setImmediate(() => input.close());
        });
        input.on('close', () => {
            if (lines.length === 0)
                this.#out.write('\n');
            resolve(lines.length === 0 ? null : lines.join('\n'));
        });
        input.prompt();
        return promise;
    }
    get #prompt() {
        return styleText(['bold', 'green'], '› ', { stream: this.#out });
    }
    #say(text) {
        this.#out.write(`${styleText('dim', text, { stream: this.#out })}\n`);
    }
    #complain(text) {
        process.stderr.write(`${styleText('red', harmless(text), { stream: process.stderr })}\n`);
    }
}
//# sourceMappingURL=terminal-chat.js.map