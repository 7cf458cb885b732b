import { OnceWhileFresh } from './access/once-while-fresh.js';
import { orderText } from './ports/report.js';
/** This process, for operators: what it says of itself, and how it obeys. */
export function createOperated(parts) {
    const { address, build, operators, log, audit, gateway, load, lagMs, draining, held } = parts;
    const startedAt = Date.now();
    const once = new OnceWhileFresh(Date.now);
    let isDrainOrdered = false;
    const drain = () => {
        if (isDrainOrdered || draining())
            return; // a second SIGTERM would end it at once
        isDrainOrdered = true;
        setImmediate(() => process.kill(process.pid, 'SIGTERM')); // whoever gave the order is to be told first
    };
    return {
        facts: () => ({
            ...build,
            startedAt,
            draining: draining(),
            logLevel: log.level,
            connections: gateway.connections,
            lagMs: Math.round(lagMs()),
            loopUtilisation: Math.round(load.utilisation() * 100) / 100,
            memoryBytes: process.memoryUsage.rss(),
            ...held(),
        }),
        obey(order, id) {
            const { act, value, by, at, proof } = order;
            const isSigned = operators.hasSigned(by, orderText(address, id, order), proof);
            const isGood = isSigned && canObey(act, value, log) && once.takes(id, at);
            audit.info({ audit: isGood ? act : 'refused', by, target: address, order: act, value }, 'audit');
            if (!isGood)
                return false;
            if (act === 'drain')
                drain();
            else
                log.level = value;
            return true;
        },
    };
}
function canObey(act, value, { levels }) {
    return act === 'drain' || value === 'silent' || Object.hasOwn(levels.values, value);
}
//# sourceMappingURL=operated.js.map