import { delay } from '../ports/clock.js';
import { rendezvous } from './failover/rendezvous.js';
/** How long, at the end, answers may take to have their text stored, in milliseconds. */
const DETACH_MS = 2000;
/** How a replica goes: its answers first, then the replica itself. */
export class Shutdown {
    #options;
    constructor(options) {
        this.#options = options;
    }
    /** Lets answers finish for half of `withinMs`, then hands what still runs over to other replicas (F5). */
    async drain(withinMs) {
        const { address, model, runner, takeover, detector, bus, clock } = this.#options;
        takeover.stopClaiming();
        await detector.readMembers().catch(() => { }); // who has just started may be the only heir
        for (const other of detector.others)
            bus.send(other, { kind: 'draining', replica: address });
        // What can be reattached to is handed over at once: it costs nothing. The rest may finish if it is quick.
        const patienceMs = model.resumes === 'reattach' ? 0 : withinMs / 2;
        const patience = new AbortController();
        await Promise.race([runner.idle(), delay(clock, patienceMs, patience.signal)]);
        patience.abort();
        if (detector.heirs.length === 0)
            return runner.idle();
        await Promise.all(runner.running.map((answer) => this.#handOver(answer)));
    }
    async #handOver(answer) {
        const { address, runner, detector, bus, meter } = this.#options;
        await runner.detach(answer);
        const { sessionId } = answer;
        const heir = rendezvous(sessionId, detector.heirs);
        if (heir === undefined)
            return;
        bus.send(heir, { kind: 'handover', sessionId, owner: address });
        meter.handovers(1);
    }
    /** Stops everything, and leaves what still runs for the next replica. */
    async close() {
        const { runner, takeover, detector, ownedSessions, ttlRefresher, feeds, membership, clock } = this.#options;
        const detached = runner.running.map((answer) => runner.detach(answer));
        const entered = ownedSessions.close();
        await Promise.race([Promise.all([entered, ...detached]), delay(clock, DETACH_MS, new AbortController().signal)]);
        detector.stop();
        takeover.stop();
        ttlRefresher.close();
        feeds.close();
        await membership.leave();
    }
}
//# sourceMappingURL=shutdown.js.map