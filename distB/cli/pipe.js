import { text } from 'node:stream/consumers';
import { failureOf } from '../client/errors.js';
import { AnswerPrinter } from './answer-printer.js';
import { UsageError } from './options.js';
const INTERRUPTED = 130;
/** All that stands on the standard input. Throws `UsageError` where that is nothing. */
export async function readQuestion(input) {
    const question = (await text(input)).trim();
    if (question === '')
        throw new UsageError('nothing was said on the standard input');
    return question;
}
/**
 * Asks once and writes the answer, and nothing else, to the standard output: to a terminal as it comes, to a pipe when it is whole,
 * because what is in a pipe cannot be taken back where an answer starts again. Resolves with the exit code.
 */
export async function answerPipe(client, question) {
    const { stdout } = process;
    let interrupted = false;
    const stop = () => {
        interrupted = true;
        process.once('SIGINT', () => process.exit(INTERRUPTED));
        client.stop().catch(() => { });
    };
    process.once('SIGINT', stop);
    try {
        const { answer } = await client.send(question);
        if (interrupted)
            client.stop().catch(() => { });
        const printer = stdout.isTTY ? new AnswerPrinter(stdout) : null;
        const final = await client.follow(answer.id, (view) => printer?.print(view));
        printer?.end();
        if (printer === null && final.content !== '')
            stdout.write(final.content.replace(/\n?$/, '\n'));
        if (final.status === 'error')
            console.error(`baton: ${failureOf(final)}`);
        return interrupted ? INTERRUPTED : final.status === 'error' ? 1 : 0;
    }
    finally {
        process.removeAllListeners('SIGINT');
    }
}
//# sourceMappingURL=pipe.js.map