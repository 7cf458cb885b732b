import { noTrace } from '../../ports/tracer.js';
import { TextGate } from '../../session/text-gate.js';
import { Spent } from './tokens.js';
/** The states that may follow each one. Nothing brings an answer back that is closing, has ended or was lost. */
export const TRANSITIONS = {
    streaming: ['checking', 'restarting', 'closing', 'lost'],
    checking: ['streaming', 'restarting', 'closing', 'lost'],
    restarting: ['streaming', 'checking', 'closing', 'lost'],
    closing: ['ended', 'lost'],
    ended: ['lost'], // its end could not be told: its subscribers have to look
    lost: ['ended'], // a replica was heard to have taken it while its end was on the way, and the end came first
};
/** An answer that this replica produces: the text that is stored and shown, and what still waits to be. */
export class OwnedAnswer {
    sessionId;
    /** Whom the session belongs to; null where nobody said. */
    userId;
    /** The empty answer as it was acknowledged, or as its present attempt began. */
    message;
    epoch;
    /** Epoch milliseconds. */
    startedAt;
    contributors;
    /** Other replicas with sockets of the session, by address. */
    watchers;
    /** Of the present stream: what it holds back is lost with the stream, and given again by the next. */
    gate = new TextGate();
    #state = 'streaming';
    /** Stored, therefore visible (D1). */
    stored;
    /** UTF-8 bytes of `stored`. */
    storedBytes;
    /** `stored.length` when this replica became the owner: what is beyond it is this replica's own contribution. */
    inheritedLength;
    /** Handed to the store, not yet confirmed. */
    inFlight = '';
    /** The bookmark that belongs to the end of `inFlight`. */
    inFlightBookmark = null;
    /** Gathered for the next append. */
    pending = '';
    /** Of the end of `text`. */
    bookmark;
    /** Of the end of `stored`, or of a place before it: an owner that goes on from there misses nothing (F3). */
    storedBookmark;
    /** UTF-8 bytes of `text`. */
    bytes;
    /** What the model thought on its way, where that is kept (F7). */
    reasoning = '';
    /** What its requests have cost so far. */
    spent;
    /** What they have cost together, once it has ended. */
    usage = null;
    /** The store's node to which its text goes, by the name that this had when the first of it went there. */
    node = null;
    /** Epoch milliseconds from which no text of it came because its owner was gone; null once text comes again. */
    silentSince = null;
    /** This replica's part of its trace. */
    trace = noTrace;
    /** Already among those that the next append will take. */
    queued = false;
    /** Resolved once `pending` was taken. */
    drained = null;
    /** Resolved once everything given is stored. */
    flushed = null;
    constructor(init) {
        this.sessionId = init.sessionId;
        this.userId = init.userId ?? null;
        this.message = init.message;
        this.epoch = init.epoch;
        this.startedAt = init.startedAt;
        this.watchers = new Set(init.watchers);
        this.contributors = init.contributors ?? [];
        this.stored = init.text ?? '';
        this.storedBytes = Buffer.byteLength(this.stored);
        this.bytes = this.storedBytes;
        this.spent = new Spent(this.storedBytes);
        this.inheritedLength = this.stored.length;
        this.bookmark = init.bookmark ?? null;
        this.storedBookmark = this.bookmark;
    }
    get state() {
        return this.#state;
    }
    /** Goes on to `state`, and gives whether it does: only where that may follow the present one (`TRANSITIONS`). */
    become(state) {
        if (!TRANSITIONS[this.#state].includes(state))
            return false;
        this.#state = state;
        return true;
    }
    /** It is this replica's, and its end has not come. */
    get isOpen() {
        return this.state === 'streaming' || this.state === 'checking' || this.state === 'restarting';
    }
    /** All text that the model has given, stored or not. */
    get text() {
        return this.stored + this.inFlight + this.pending;
    }
    /** All text that the model has given is stored. */
    get isFlushed() {
        return this.pending === '' && this.inFlight === '';
    }
    /** The text starts again from nothing, under another epoch: what waits is of the attempt before. Nothing may be in flight. */
    restart(message, epoch) {
        if (this.state === 'restarting')
            this.become('streaming');
        this.message = message;
        this.epoch = epoch;
        this.contributors = [];
        this.stored = '';
        this.storedBytes = 0;
        this.pending = '';
        this.bytes = 0;
        this.inheritedLength = 0;
        this.bookmark = null;
        this.storedBookmark = null;
    }
    /**
     * The store has this text and no more: after a failover to a node that lagged behind, or on its return (G2). Whatever else
     * the model has given is to be stored from there on. False where it is no beginning of that, or just what is known.
     */
    rewind({ text, bookmark }) {
        const whole = this.text;
        const isKnown = text === this.stored && this.inFlight === '';
        if (isKnown || !whole.startsWith(text))
            return false;
        this.stored = text;
        this.storedBytes = Buffer.byteLength(text);
        this.storedBookmark = bookmark;
        this.inheritedLength = Math.min(this.inheritedLength, text.length);
        this.inFlight = '';
        this.pending = whole.slice(text.length);
        return true;
    }
    /** The slot as the store is known to hold it. */
    asRunning(owner) {
        const { message, epoch, startedAt, contributors, storedBookmark: bookmark, stored: text } = this;
        const { id: messageId, seq, attempt } = message;
        return { messageId, seq, attempt, owner, epoch, startedAt, contributors, takeovers: 0, bookmark, text };
    }
    /** Replicas that added text, in order, this one last (M4). */
    contributorsWith(replica) {
        const added = this.text.length > this.inheritedLength;
        return added && this.contributors.at(-1) !== replica ? [...this.contributors, replica] : this.contributors;
    }
    /** Whether nobody but `replica`, which holds this, has added text since it has it: by the contributors in the store. */
    isOnlyOf(contributors, replica) {
        const known = this.contributorsWith(replica);
        return contributors.every((contributor, i) => contributor === known[i]);
    }
}
//# sourceMappingURL=owned-answer.js.map