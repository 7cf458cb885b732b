import { withHeard } from './follow/session-copy.js';
/** Gives what other replicas say to whom it concerns here. */
export class Inbox {
    #options;
    constructor(options) {
        this.#options = options;
    }
    take(busMessage) {
        const { address, runner, publisher, feeds, cache, takeover, detector, reports } = this.#options;
        switch (busMessage.kind) {
            case 'delta': {
                const { kind: _, ...delta } = busMessage;
                return feeds.delta(delta, []);
            }
            case 'message':
                cache.update(busMessage.sessionId, (copy) => withHeard(copy, busMessage.message));
                return feeds.message(busMessage.sessionId, { message: busMessage.message, version: busMessage.version }, []);
            case 'activity':
                return feeds.activity(busMessage.event, []);
            case 'look':
                return busMessage.sessionId === null ? void feeds.rereadAll() : feeds.look(busMessage.sessionId);
            case 'watch': {
                const own = runner.of(busMessage.sessionId);
                return own === undefined
                    ? takeover.meet(busMessage.sessionId, address)
                    : publisher.addWatcher(own, busMessage.watcher);
            }
            case 'fenced':
                return this.#fenced(busMessage.sessionId, busMessage.epoch);
            case 'handover':
                detector.noteDraining(busMessage.owner);
                return void takeover.adopt(busMessage.sessionId, busMessage.owner).catch(() => { }); // its owner's end is noticed anyway
            case 'died':
                return detector.declareDead(busMessage.replica);
            case 'owning':
                return detector.watchOwner(busMessage.replica);
            case 'draining':
                return detector.noteDraining(busMessage.replica);
            case 'ask':
                return reports.asked(busMessage.from, busMessage.id, busMessage.order);
            case 'report':
                return reports.reported(busMessage.id, busMessage.report);
        }
    }
    #fenced(sessionId, epoch) {
        const { runner, log } = this.#options;
        const own = runner.of(sessionId);
        if (own?.epoch !== epoch)
            return;
        log.warn({ session: sessionId, message: own.message.id, epoch }, 'answer is owned elsewhere by now');
        runner.lose(own);
    }
}
//# sourceMappingURL=inbox.js.map