import { styleText } from 'node:util';
import { BatonClient, ClientError } from '../client/index.js';
import { readOptions, UsageError, usage } from './options.js';
import { answerPipe, readQuestion } from './pipe.js';
import { StateFile } from './state-file.js';
import { TerminalChat } from './terminal-chat.js';
const CONNECT_MS = 10_000;
/** `baton chat`. Resolves with the exit code. */
export async function main(args) {
    try {
        const options = readOptions(args);
        if (options !== null)
            return await chat(options);
        console.log(usage);
        return 0;
    }
    catch (error) {
        const isExpected = error instanceof UsageError || error instanceof ClientError;
        const text = isExpected ? `baton: ${error.message}` : String(error.stack ?? error);
        console.error(styleText('red', text, { stream: process.stderr }));
        if (error instanceof UsageError)
            console.error('Try: baton chat --help');
        return error instanceof UsageError ? 2 : 1;
    }
}
async function chat(options) {
    const question = process.stdin.isTTY ? null : await readQuestion(process.stdin);
    const { url, userId } = options;
    const storage = StateFile.of(url, process.env);
    const storageKey = userId === undefined ? 'baton' : `baton:${userId}`;
    const token = process.env.BATON_TOKEN;
    const client = new BatonClient({ url, storage, storageKey, ...(userId && { userId }), ...(token && { token }) });
    try {
        await open(client, options, storage, `${storageKey}:session`);
        return await (question === null ? new TerminalChat(client).run() : answerPipe(client, question));
    }
    finally {
        client.close();
    }
}
async function open(client, options, storage, key) {
    const { url, session, isNew } = options;
    const kept = storage.getItem(key);
    if (isNew)
        client.newConversation();
    if (session !== undefined)
        storage.setItem(key, session);
    const impatience = new Promise((_resolve, reject) => {
        const late = new ClientError('disconnected', `no gateway answers at ${url}`);
        setTimeout(() => reject(client.state.error ?? late), CONNECT_MS).unref();
    });
    const restore = () => (kept === null ? storage.removeItem(key) : storage.setItem(key, kept));
    try {
        await Promise.race([client.open(), impatience]);
    }
    catch (error) {
        if (session !== undefined)
            restore();
        throw error;
    }
    if (session === undefined || client.state.session?.id === session)
        return;
    restore();
    throw new ClientError('session_not_found', `the session ${session} is unknown or has expired`);
}
//# sourceMappingURL=main.js.map