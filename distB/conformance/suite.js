import { checks } from './checks/index.js';
import { Refused } from './connection.js';
import { Gateway } from './gateway.js';
import { Aborted, Failure, Skip } from './verdict.js';
/** The rules that have a check, in the order of the checks. */
export const checkedRules = [...new Set(checks.map(({ rule }) => rule))];
/** Milliseconds that a run takes at most. */
const WHOLE_RUN_MS = 15 * 60_000;
/**
 * Holds a running gateway to the contract, one check after the other. Rejects with `Failure` where nobody answers, with `Refused`
 * where the gateway does not let it in.
 */
export async function runSuite(target, { only, signal, onResult }) {
    const late = AbortSignal.timeout(WHOLE_RUN_MS);
    const gateway = new Gateway(target, AbortSignal.any([signal, late]));
    const results = [];
    try {
        await gateway.connect();
        for (const check of checks.filter(({ rule }) => isWanted(rule, only))) {
            const result = await perform(check, gateway);
            results.push(result);
            onResult(result);
        }
        return results;
    }
    finally {
        await gateway.close();
    }
}
export function isWanted(rule, only) {
    return only.length === 0 || only.includes(rule) || only.includes(rule.replace(/\d+$/, ''));
}
async function perform({ rule, says, run }, gateway) {
    const start = performance.now();
    const done = (result, why) => {
        return { rule, says, result, ...(why !== undefined && { why }), ms: Math.round(performance.now() - start) };
    };
    try {
        if (gateway.signal.aborted)
            throw new Aborted('it was ended');
        await run(gateway);
        return done('passed');
    }
    catch (thrown) {
        if (thrown instanceof Aborted)
            return done(...endOf(gateway.signal));
        if (thrown instanceof Skip)
            return done('skipped', thrown.message);
        if (thrown instanceof Refused)
            return done('failed', `the connection was refused: ${thrown.message}`);
        if (thrown instanceof Failure)
            return done('failed', thrown.message);
        throw thrown;
    }
    finally {
        gateway.endCheck();
    }
}
function endOf({ reason }) {
    const isLate = reason instanceof Error && reason.name === 'TimeoutError';
    return isLate
        ? ['failed', `the run took over ${WHOLE_RUN_MS / 60_000} minutes`]
        : ['skipped', 'the run was ended before'];
}
//# sourceMappingURL=suite.js.map