import { ModelError } from '../ports/model.js';
import { ChatAnswer } from './chat-answer.js';
import { continued } from './continuation.js';
import { converse, unlessAborted } from './exchange.js';
import { TextOutput } from './text-output.js';
/** A model behind the Chat Completions API. Dropping the request is what ends its work. */
export class ChatSource {
    resumes;
    #provider;
    #options;
    constructor(provider, options) {
        this.resumes = options.resumes;
        this.#provider = provider;
        this.#options = options;
    }
    async generate(request, sink, signal) {
        signal.throwIfAborted();
        const connection = new AbortController();
        const answer = new ChatAnswer(sink, new TextOutput(sink, request.resume?.text ?? ''));
        const conversation = converse({
            ask: (ending) => this.#ask(request, ending),
            taker: answer,
            failure: (thrown) => this.#provider.failure(thrown),
            connection,
            limits: this.#provider.limits,
        }).catch((error) => {
            // Where text came, nothing that the connection does after the finish reason takes the answer back (F6).
            if (!(error instanceof ModelError && answer.isFinished && answer.spoken > 0))
                throw error;
        });
        return unlessAborted(conversation, () => answer.end(), signal, () => connection.abort(signal.reason));
    }
    /** Nothing to do: dropping the stream was the end of it. */
    cancel() { }
    close() {
        return this.#provider.close();
    }
    #ask(request, signal) {
        const { fitting, continues } = this.#options;
        const text = request.resume?.text;
        const prompt = text ? continued(request.turns, text, continues) : { messages: request.turns };
        const body = fitting.body(request, prompt);
        return this.#provider.ask({ path: '/chat/completions', body, headers: fitting.headers(request) }, signal);
    }
}
//# sourceMappingURL=chat.js.map