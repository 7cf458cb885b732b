import { AppendLane } from './append-lane.js';
/** Unstored characters of one answer at which its model is read no further until some were stored. */
const PENDING_LIMIT = 64 * 1024;
/**
 * The one way by which text of running answers reaches the store, and the token's hot path: gathered per answer, and for
 * all answers whose sessions one node serves written together (`AppendLane`). Text waits up to a bound per answer.
 */
export class AnswerWriter {
    #options;
    #lanes = new Map();
    constructor(options) {
        this.#options = options;
    }
    /** Adds text that the model gave. A returned promise asks the caller to wait with more until it resolves. */
    add(answer, text) {
        answer.pending += text;
        if (answer.state === 'streaming')
            this.#laneOf(answer).enqueue(answer);
        if (answer.pending.length < PENDING_LIMIT)
            return;
        answer.drained ??= Promise.withResolvers();
        return answer.drained.promise;
    }
    /** Resolves once everything that was added is stored, or the answer has ended or was lost. */
    async flushed(answer) {
        const isOver = answer.state === 'lost' || answer.state === 'ended';
        if (isOver || answer.isFlushed)
            return;
        answer.flushed ??= Promise.withResolvers();
        await answer.flushed.promise;
    }
    /** The answer is this replica's after all: what was refused is appended again. */
    retry(answer) {
        if (answer.state !== 'streaming' && !answer.become('streaming'))
            return;
        if (answer.pending !== '' || answer.inFlight !== '')
            this.#laneOf(answer).enqueue(answer);
    }
    /** Nothing more of the answer will be stored piece by piece: those who wait for that are let go. */
    giveUp(answer) {
        answer.drained?.resolve();
        answer.drained = null;
        answer.flushed?.resolve();
        answer.flushed = null;
    }
    /** Forgets an answer that has ended or was lost, and lets those who wait for it go. */
    release(answer) {
        answer.pending = '';
        this.giveUp(answer);
    }
    /** The answer's own for as long as it runs: a hash slot that moves to another node takes nothing from its order. */
    #laneOf(answer) {
        answer.node ??= this.#options.store.nodeOf(answer.sessionId);
        const known = this.#lanes.get(answer.node);
        if (known !== undefined)
            return known;
        const lane = new AppendLane(this.#options);
        this.#lanes.set(answer.node, lane);
        return lane;
    }
}
//# sourceMappingURL=answer-writer.js.map