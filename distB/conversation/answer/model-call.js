import { delay } from '../../ports/clock.js';
import { ModelError } from '../../ports/model.js';
import { TextGate } from '../../session/text-gate.js';
import { backoffMs, MAX_RETRY_AFTER_MS } from './backoff.js';
/** UTF-16 units of what the model thinks that are kept. */
const MAX_REASONING = 64 * 1024;
/** The reason to end the provider's work on an answer that has reached `MAX_ANSWER_BYTES`. */
class Full extends Error {
    name = 'Full';
}
const CUT_SHORT = { finishReason: 'length' };
/** Gets an answer's text out of the model and into the writer. */
export class ModelCall {
    #options;
    constructor(options) {
        this.#options = options;
    }
    /** Whether an answer can be gone on with from where it stands (F3). */
    canResume(answer) {
        return answer.text === '' || this.#options.model.resumes !== 'none';
    }
    /** How it resumes: with nothing of it written, or known to the provider, there is nothing to continue. */
    wayOf({ text, bookmark }) {
        const { resumes } = this.#options.model;
        if (resumes === 'reattach' && bookmark !== null)
            return 'reattach';
        return text === '' || resumes === 'restart' ? 'restart' : 'continue';
    }
    /**
     * Asks until the answer is whole, at most `retries` times again (F6), going on from the text that is there; where that
     * means to start again from nothing, after `restart` has emptied it. A prompt that the model calls too long is shortened,
     * which is no retry (S7). An answer that has reached `MAX_ANSWER_BYTES` is whole: `abort` then ends the provider's work (X6).
     * Rejects with the last `ModelError`, or the signal's reason.
     */
    async ask(task) {
        const { model, clock, random, meter, log } = this.#options;
        const { answer, prompt, activity } = task;
        const { signal } = task.abort;
        for (let tries = 0;;) {
            try {
                signal.throwIfAborted();
                if (this.#isFull(answer))
                    return this.#endFull(answer);
                if (answer.text !== '' && model.resumes === 'restart')
                    await task.restart();
                return await this.#request(task);
            }
            catch (error) {
                if (signal.reason instanceof Full)
                    return CUT_SHORT;
                if (signal.aborted || !(error instanceof ModelError))
                    throw error;
                const fields = { err: error, session: answer.sessionId, message: answer.message.id };
                if (error.contextTooLong && this.canResume(answer)) {
                    if (!prompt.shorten())
                        throw tooLong(error);
                    log.info(fields, 'the model calls the context too long, asking again with less of it');
                    continue;
                }
                if (!this.#mayAskAgain(answer, error, tries))
                    throw error;
                const waitMs = backoffMs(tries, error.retryAfterMs, random);
                log.warn({ ...fields, tries, waitMs }, 'model failed, asking again');
                activity.tell('retrying');
                await delay(clock, waitMs, signal);
                meter.modelRetries(1);
                answer.trace.retried(error);
                tries++;
            }
        }
    }
    /** What the model's last stream held back and nothing will complete (D2), as far as the answer has room. */
    rest(answer) {
        return headOf(answer.gate.end(), Math.max(0, this.#options.maxAnswerBytes - answer.bytes));
    }
    /** What the model thought, as far as it is kept; empty where it is not. */
    reasoningOf(answer) {
        return answer.reasoning.slice(0, MAX_REASONING).toWellFormed();
    }
    #mayAskAgain(answer, error, tries) {
        const isSoon = (error.retryAfterMs ?? 0) <= MAX_RETRY_AFTER_MS;
        return error.retryable && isSoon && tries < this.#options.retries && this.canResume(answer);
    }
    async #request(task) {
        const { model } = this.#options;
        const { answer, prompt, abort } = task;
        const { sessionId, userId, message, text, bookmark, spent } = answer;
        spent.begin(prompt.tokens, bookmark !== null && model.resumes === 'reattach');
        if (text === '' && bookmark === null)
            answer.reasoning = '';
        const request = {
            turns: prompt.turns,
            sessionId,
            messageId: message.id,
            userId,
            ...(text !== '' || bookmark !== null ? { resume: { text, bookmark } } : {}),
        };
        try {
            const end = await model.generate(request, this.#sinkOf(task), abort.signal);
            spent.end();
            return end;
        }
        catch (error) {
            if (abort.signal.aborted)
                spent.cut();
            throw error;
        }
    }
    #sinkOf({ answer, activity, abort }) {
        const { writer, meter, maxAnswerBytes, reasoning } = this.#options;
        const { spent } = answer;
        let isFull = false;
        answer.gate = new TextGate();
        return {
            text: (piece) => {
                meter.tokens(1);
                const text = answer.gate.push(piece);
                if (text === '' || isFull || !answer.isOpen)
                    return;
                activity.clear();
                const bytes = Buffer.byteLength(text);
                spent.output(bytes);
                if (answer.bytes + bytes <= maxAnswerBytes) {
                    answer.bytes += bytes;
                    return writer.add(answer, text);
                }
                isFull = true;
                writer.add(answer, headOf(text, maxAnswerBytes - answer.bytes));
                answer.bytes = maxAnswerBytes;
                abort.abort(new Full());
            },
            reasoning: (piece) => {
                spent.output(Buffer.byteLength(piece));
                if (reasoning === 'store' && answer.reasoning.length < MAX_REASONING)
                    answer.reasoning += piece;
                activity.tell('thinking', reasoning === 'show' ? piece : '');
            },
            usage: (usage) => spent.tell(usage),
            bookmark: (bookmark) => {
                if (!answer.gate.isEmpty)
                    return; // not all text up to there is the answer's yet
                const isFirst = answer.bookmark?.responseId !== bookmark.responseId;
                answer.bookmark = bookmark;
                // Stored at once: from then on every owner goes on with this one response (F3).
                if (isFirst && answer.isOpen)
                    void writer.add(answer, '');
            },
        };
    }
    #isFull(answer) {
        return answer.bytes >= this.#options.maxAnswerBytes;
    }
    /** Its owner before this one filled it, and could not end it. */
    #endFull(answer) {
        if (answer.bookmark !== null)
            this.#options.model.cancel(answer.bookmark);
        return CUT_SHORT;
    }
}
function tooLong(cause) {
    const message = 'this is more than the model can take, even without the conversation before it';
    return new ModelError(message, { retryable: false, cause });
}
/** The beginning of `text` that takes at most so many bytes of UTF-8; no surrogate pair is split. */
function headOf(text, maxBytes) {
    // Nearly always, at the end of each answer: room for the whole allowance, 1 MiB, would be made and thrown away for nothing.
    if (Buffer.byteLength(text) <= maxBytes)
        return text;
    const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
    return text.slice(0, read);
}
//# sourceMappingURL=model-call.js.map