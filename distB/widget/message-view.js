import { failureOf } from '../client/errors.js';
import { ActivityView, folded } from './activity-view.js';
import { answerText } from './answer-text.js';
import { shownOf } from './attachments.js';
import { copyButton } from './copy-button.js';
import { button, element, iconButton } from './element.js';
import { folding } from './folding.js';
import { AGAIN } from './icons.js';
import { filled } from './locales/index.js';
import { sourceCards } from './sources.js';
import { thumbs } from './thumbs.js';
/** One message as an `article`. It touches the page only where the message changed. */
export class MessageView {
    id;
    element;
    #locale;
    #actions;
    #body = element('div', 'body');
    #foot = element('footer', 'foot');
    #text = null;
    #shown = null;
    #shownLast = false;
    #activity = null;
    #shownActivity = null;
    #reasoning = null;
    #thumbs = null;
    /** `quiet`: it was there before; a screen reader does not read it out. */
    constructor(id, locale, actions, quiet) {
        this.id = id;
        this.#locale = locale;
        this.#actions = actions;
        this.#body.dir = 'auto';
        this.element = element('article', '', this.#body, this.#foot);
        if (quiet)
            this.element.ariaLive = 'off';
    }
    /** `isLast`: it is the last message of the session, so its answer can be made again. `activity`: what goes on with it. */
    show(message, isLast, activity = null) {
        this.#showActivity(activity);
        if (message === this.#shown && isLast === this.#shownLast)
            return;
        const before = this.#shown;
        this.#shown = message;
        this.#shownLast = isLast;
        if (!('seq' in message))
            this.#showOutgoing(message);
        else if (message.role === 'assistant')
            this.#showAnswer(message, before, isLast);
        else
            this.#showOwn(message);
    }
    #showActivity(activity) {
        if (activity === this.#shownActivity)
            return;
        this.#shownActivity = activity;
        this.element.toggleAttribute('data-busy', activity !== null);
        if (activity === null) {
            this.#activity?.element.remove();
            this.#activity = null;
            return;
        }
        this.#activity ??= new ActivityView(this.#locale.strings);
        this.#activity.show(activity);
        if (!this.#activity.element.isConnected)
            this.#body.after(this.#activity.element);
    }
    #showOwn(message) {
        this.#dress('user', message.status);
        const { text, files } = shownOf(message, this.#locale.strings);
        this.#setText(text);
        this.#foot.replaceChildren(...files, ...folding(this.#body, this.#locale.strings), this.#timeOf(message));
    }
    #showOutgoing({ id, content, metadata = {}, status, error }) {
        const { strings } = this.#locale;
        this.#dress('user', status);
        const { text, files } = shownOf({ content, metadata }, strings);
        this.#setText(text);
        if (error === null)
            this.#foot.replaceChildren(...files, element('span', 'note', strings.waiting));
        else {
            this.#foot.replaceChildren(...files, element('span', 'note bad', filled(strings.notSent, reasonOf(error, strings))), button('link', strings.retry, () => this.#actions.retry(id)), button('link', strings.discard, () => this.#actions.discard(id)));
        }
    }
    #showAnswer(message, before, isLast) {
        const streams = message.status === 'streaming';
        this.#dress('assistant', message.status);
        if (streams) {
            // Pieces are not read out; the whole is, as it is put there anew at the end.
            this.element.ariaBusy = 'true';
            this.element.ariaLive = 'off';
        }
        else if (this.element.ariaBusy !== null) {
            this.element.ariaBusy = null;
            this.element.ariaLive = null;
        }
        const isNew = before === null || before.content !== message.content;
        if (streams || isNew)
            this.#text ??= answerText(this.#body, this.#locale.strings);
        if (streams)
            this.#text?.update(message.content);
        else {
            this.#text?.finish(message.content);
            this.#text = null;
        }
        this.#foot.replaceChildren(...(streams ? [] : this.#footOf(message, isLast)));
        this.#showReasoning(message);
    }
    /** What the model thought, where that was stored (F7). */
    #showReasoning({ metadata: { reasoning } }) {
        const words = typeof reasoning === 'string' ? reasoning : '';
        if (words === (this.#reasoning?.lastChild?.textContent ?? ''))
            return;
        this.#reasoning?.remove();
        this.#reasoning = words === '' ? null : folded(this.#locale.strings.reasoning, words);
        if (this.#reasoning !== null)
            this.#body.before(this.#reasoning);
    }
    #setText(text) {
        if (this.#body.textContent !== text)
            this.#body.textContent = text;
    }
    #dress(role, status) {
        const { strings } = this.#locale;
        this.element.className = `message ${role} ${status}`;
        this.element.setAttribute('part', `message message-${role}`);
        this.element.ariaLabel = role === 'assistant' ? strings.assistant : strings.you;
    }
    #footOf(message, isLast) {
        const { strings } = this.#locale;
        const { metadata, content } = message;
        const failed = message.status === 'error' && content.trim() === '';
        const copy = copyButton('action', failed ? strings.copyDetails : strings.copy, strings.copied, () => failed ? detailsOf(message) : content);
        return [
            ...outcomeOf(message, this.#locale),
            ...(isLast && isCutOff(message) ? [button('link', strings.goOn, () => this.#actions.goOn())] : []),
            ...sourceCards(metadata.sources, strings),
            ...(content.trim() === '' && !failed ? [] : [copy]),
            ...(isLast ? [iconButton('action', strings.regenerate, AGAIN, () => this.#actions.regenerate())] : []),
            ...this.#thumbsOf(message),
            this.#timeOf(message),
        ];
    }
    #thumbsOf({ content }) {
        const { rate } = this.#actions;
        if (rate === null || content.trim() === '')
            return [];
        this.#thumbs ??= thumbs(this.#locale.strings, (rating) => {
            if (this.#shown !== null && 'seq' in this.#shown)
                rate(this.#shown, rating);
        });
        return this.#thumbs;
    }
    #timeOf({ createdAt }) {
        const date = new Date(createdAt);
        const today = date.toDateString() === new Date().toDateString();
        const time = element('time', 'time', formatOf(this.#locale.tag, today).format(date));
        time.dateTime = createdAt;
        time.title = formatOf(this.#locale.tag, false).format(date);
        return time;
    }
}
/** Why a message was not sent, for the one who wrote it. */
export function reasonOf(error, strings) {
    if (error.code === 'too_large')
        return strings.tooLong;
    if (error.code === 'rate_limited')
        return strings.tooMany;
    if (error.code === 'overloaded' || error.code === 'answer_in_progress')
        return strings.busy;
    return error.message;
}
/** How an answer ended, where that is not as it should. */
function outcomeOf(message, locale) {
    const { strings } = locale;
    const { status, content, metadata } = message;
    if (status === 'error')
        return [brokenNote(message, locale)];
    if (status === 'stopped')
        return [element('span', 'note', strings.stopped)];
    if (metadata.finish_reason === 'content_filter')
        return [element('span', 'note', strings.filtered)];
    if (isCutOff(message))
        return [element('span', 'note', strings.cutOff)];
    return content.trim() === '' ? [element('span', 'note', strings.empty)] : [];
}
function isCutOff({ status, metadata }) {
    return status === 'complete' && metadata.finish_reason === 'length';
}
function brokenNote(message, { tag, strings }) {
    const { retryAfterMs } = (message.metadata.error ?? {});
    const waits = typeof retryAfterMs === 'number' && retryAfterMs > 0;
    const why = message.content.trim() === '' ? strings.failedEmpty : strings.broken;
    const words = waits ? filled(strings.brokenWait, secondsIn(tag, Math.ceil(retryAfterMs / 1000))) : why;
    const note = element('span', 'note bad', words);
    note.title = failureOf(message);
    return note;
}
/** What the site's developers need to find out why. */
function detailsOf({ id, createdAt, metadata }) {
    return JSON.stringify({ message: id, createdAt, error: metadata.error, replicas: metadata.replicas });
}
/** With the word's own plural. */
function secondsIn(tag, seconds) {
    return new Intl.NumberFormat(tag, { style: 'unit', unit: 'second', unitDisplay: 'long' }).format(seconds);
}
const formats = new Map();
function formatOf(tag, timeOnly) {
    const key = `${tag} ${timeOnly}`;
    let format = formats.get(key);
    if (format === undefined) {
        format = new Intl.DateTimeFormat(tag, { ...(!timeOnly && { dateStyle: 'medium' }), timeStyle: 'short' });
        formats.set(key, format);
    }
    return format;
}
//# sourceMappingURL=message-view.js.map