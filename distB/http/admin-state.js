import { reportSchema } from '../protocol/admin.js';
import { ERROR_CODES } from '../protocol/errors.js';
import { replicaOf } from '../session/address.js';
/** What the replicas say of themselves, as one state. What one says that is no report counts as nothing said (X6). */
export function stateOf(told, replica) {
    const now = Date.now();
    const reports = new Map([...told].map(([address, said]) => [address, reportSchema.safeParse(said).data ?? null]));
    const spoke = [...reports.values()].filter((report) => report !== null);
    return {
        now,
        replica,
        replicas: [...reports].sort(byAddress).map(([address, report]) => ({
            id: replicaOf(address),
            address,
            report: report === null ? null : { ...report.process, answers: report.answers },
        })),
        answers: spoke.flatMap((report) => runningOf(report, now)).sort((one, other) => other.ageMs - one.ageMs),
        takeovers: spoke
            .flatMap(({ address, takeovers }) => takeovers.map((takeover) => ({ ...takeover, to: address })))
            .sort((one, other) => other.at - one.at),
    };
}
function byAddress([one], [other]) {
    return one.localeCompare(other, 'en', { numeric: true });
}
function runningOf({ address, running }, now) {
    return running.map(({ startedAt, ...answer }) => ({
        ...answer,
        owner: replicaOf(address),
        ageMs: Math.max(0, now - startedAt),
    }));
}
/** A session without what is said in it. */
export function factsOf(session, owner, messages) {
    return {
        session_id: session.id,
        user_id: session.userId,
        created_at: session.createdAt,
        last_activity: session.lastActivity,
        message_count: session.messageCount,
        size_bytes: session.sizeBytes,
        ttl_seconds: session.ttlSeconds,
        owner,
        messages: messages.map(({ id, seq, role, status, attempt, createdAt, content, metadata }) => ({
            id,
            seq,
            role,
            status,
            attempt,
            created_at: createdAt,
            characters: content.length,
            error: errorIn(metadata.error),
            replicas: Array.isArray(metadata.replicas) ? metadata.replicas.map(String) : [],
        })),
    };
}
function errorIn(error) {
    const code = error?.code;
    return ERROR_CODES.find((known) => known === code) ?? null;
}
//# sourceMappingURL=admin-state.js.map