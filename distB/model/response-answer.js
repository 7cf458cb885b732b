import { ModelError } from '../ports/model.js';
import { brokenOff, garbage, gaveUp } from './errors.js';
import { bounded, finishReasonOf } from './finish-reason.js';
import { asText, parseObject } from './json.js';
import { complaintOf, judged, Refusal } from './refusal.js';
import { placeOf, ResponseText, textOf } from './response-text.js';
import { TextOutput } from './text-output.js';
import { usageOf } from './usage.js';
/** A response that an earlier stream began cannot be reattached to: the provider no longer knows it, or it came to nothing. */
export class LostResponse extends ModelError {
    /** Whether the provider may still be at work on it. */
    mayRun;
    constructor(mayRun) {
        super('the response cannot be reattached to', { retryable: true });
        this.mayRun = mayRun;
    }
}
/** Gathers one answer from the events of a response. */
export class ResponseAnswer {
    #sink;
    #output;
    #text;
    #isReattached;
    /** Whether the provider works on it even where nobody is connected. */
    isBackground;
    #responseId;
    /** Events up to this one are in the answer already. */
    #sequence;
    #bookmarked;
    #end;
    #isOver = false;
    /** Set once nobody wants the answer any more: what to do with the response's id. */
    #onLeft = null;
    /**
     * `bookmark` is where an earlier stream of the same response stopped; `stored` is the text that came from it, or that a new
     * response continues.
     */
    constructor(sink, bookmark, stored, isBackground) {
        this.#sink = sink;
        this.#output = new TextOutput(sink, bookmark === null ? stored : '');
        this.#text = new ResponseText(bookmark === null ? null : stored);
        this.#isReattached = bookmark !== null;
        this.isBackground = isBackground;
        this.#responseId = bookmark?.responseId ?? null;
        this.#sequence = bookmark?.sequence ?? -1;
        this.#bookmarked = bookmark !== null;
    }
    get spoken() {
        return this.#output.spoken;
    }
    get isFinished() {
        return this.#end !== undefined;
    }
    /** Whether somebody else could reattach to the response. */
    get bookmarked() {
        return this.#bookmarked;
    }
    /** The id of a background response that runs on although nobody can go on with it; null where there is none. */
    get orphan() {
        return this.isBackground && !this.#bookmarked && !this.#isOver ? this.#responseId : null;
    }
    take(data, isError) {
        if (data.startsWith('[DONE]'))
            return 'whole';
        const event = parseObject(data);
        if (isError || event.type === 'error' || (event.error && event.response == null && event.type === undefined))
            throw new Refusal(null, complaintOf(event.error || event));
        const whole = wholeIn(event);
        if (whole !== null)
            return this.#conclude(whole);
        if (typeof event.type !== 'string')
            return undefined; // a keep-alive
        const sequence = this.#sequenceOf(event);
        if (sequence !== null && sequence <= this.#sequence)
            return undefined; // a provider that replays more than was asked for
        this.#learnId(event);
        if (this.#onLeft !== null)
            return undefined;
        if (isEnd(event.type))
            return this.#conclude({ ...event.response, status: statusOf(event) });
        const text = this.#textIn(event);
        const taken = text === '' ? undefined : this.#output.text(text);
        if (sequence !== null)
            this.#advance(sequence);
        return taken;
    }
    async end() {
        if (this.#end === undefined)
            throw brokenOff();
        await this.#output.end();
        return this.#end;
    }
    /**
     * Nobody wants the answer any more: the sink gets nothing from now on, and `then` is called with the response's id, at once where
     * it is known, else when it comes. Tells whether it is known.
     */
    leave(then) {
        this.#onLeft = then;
        if (this.#responseId === null)
            return false;
        then(this.#responseId);
        return true;
    }
    /** The number of an event; null where the provider does not number them, so that nobody can go on after one (F8). */
    #sequenceOf({ sequence_number }) {
        if (typeof sequence_number === 'number')
            return sequence_number;
        if (this.#isReattached && this.spoken === 0)
            throw new LostResponse(true); // from where would this go on?
        return null;
    }
    #learnId({ response }) {
        if (this.#responseId !== null)
            return;
        if (typeof response?.id === 'string') {
            this.#responseId = response.id;
            this.#onLeft?.(response.id);
        }
        else if (this.#onLeft !== null)
            throw garbage('a response that has no id');
    }
    #textIn(event) {
        const place = placeOf(event.output_index, event.content_index);
        switch (event.type) {
            case 'response.output_text.delta':
            case 'response.refusal.delta':
                if (typeof event.delta !== 'string')
                    throw garbage('a delta whose text is no string');
                this.#text.came(place, event.delta);
                return event.delta;
            case 'response.output_text.done':
            case 'response.refusal.done':
                return this.#text.missingOf(place, textOf(event));
            case 'response.content_part.done':
                return isThought(event.part) ? '' : this.#text.missingOf(place, textOf(event.part));
            case 'response.output_item.done':
                return this.#text.missingOfItem(event.output_index, event.item);
            default:
                this.#reasoningIn(event);
                return '';
        }
    }
    #reasoningIn({ type, delta, item, summary_index }) {
        switch (type) {
            case 'response.reasoning_summary_text.delta':
            case 'response.reasoning_text.delta':
            case 'response.reasoning_summary.delta':
            case 'response.reasoning.delta':
                return this.#output.reasoning(typeof delta === 'string' ? delta : textOf(delta));
            case 'response.reasoning_summary_part.added':
                return this.#output.reasoning(Number(asText(summary_index)) > 0 ? '\n\n' : '');
            case 'response.output_item.added':
                if (item?.type === 'reasoning')
                    this.#output.reasoning('');
        }
    }
    #advance(sequence) {
        this.#sequence = sequence;
        // A place in the record whose text is still held back would lose that text where somebody goes on from there.
        if (this.#responseId === null || !this.isBackground || !this.#output.isFlushed)
            return;
        this.#bookmarked = true;
        this.#sink.bookmark({ responseId: this.#responseId, sequence });
    }
    /** The response has come to an end, or is told whole by a provider that does not stream it. */
    #conclude(response) {
        if (this.#onLeft !== null)
            return 'whole';
        const { usage, model, output } = response;
        if (typeof usage === 'object' && usage !== null)
            this.#sink.usage?.(usageOf(usage));
        const reason = reasonOf(response);
        if (reason === null)
            return this.#giveUp(response);
        this.#isOver = true;
        const missing = this.#text.missingOfOutput(output);
        const taken = missing === '' ? undefined : this.#output.text(missing);
        this.#end = { finishReason: reason, ...(typeof model === 'string' && { model: bounded(model) }) };
        return taken === undefined ? 'whole' : taken;
    }
    #giveUp({ status, error, incomplete_details }) {
        const runs = status === 'in_progress' || status === 'queued';
        this.#isOver = !runs;
        const failure = error ? judged(new Refusal(null, complaintOf(error))) : null;
        // What has failed for good fails again where somebody reattaches to it; a new response may not.
        if (this.#isReattached && this.spoken === 0 && failure?.retryable !== false)
            throw new LostResponse(runs);
        if (error)
            throw new Refusal(null, complaintOf(error));
        throw gaveUp(asText(incomplete_details?.reason ?? status));
    }
}
/** The response that an event is, instead of telling of it; null of any other. */
function wholeIn(event) {
    return event.object === 'response' && event.type === undefined ? event : null;
}
function isEnd(type) {
    return /^response\.(completed|incomplete|failed|cancelled|canceled)$/.test(type);
}
/** Of an event that ends a response. Some providers say `completed` of all that did not fail, and the truth inside. */
function statusOf({ type, response }) {
    const told = response?.status;
    return told === 'incomplete' || told === 'failed' ? told : String(type).slice('response.'.length);
}
function isThought(part) {
    return /reason|summary/.test(asText(part?.type));
}
/** How a response ended, in the words of chat completions; null where it did not end well. */
function reasonOf({ status, error, incomplete_details }) {
    if (error)
        return null;
    if (status === 'completed')
        return 'stop';
    if (status !== 'incomplete')
        return null;
    const reason = incomplete_details?.reason;
    return typeof reason === 'string' ? finishReasonOf(reason) : 'length';
}
//# sourceMappingURL=response-answer.js.map