import { Skip } from '../verdict.js';
const outOfReach = (rule, says, why) => ({
    rule,
    says,
    run: async () => {
        throw new Skip(why);
    },
});
/** What shows on the wire, too, but only under settings, faults or loads that are not for a running gateway. */
export const beyond = [
    outOfReach('S3', 'session:ended "expired" follows within 10 s of the expiry.', 'it would take SESSION_TTL seconds'),
    outOfReach('S4', 'The oldest messages go beyond SESSION_MAX_MESSAGES, while seq goes on rising.', 'it would take as many answers'),
    outOfReach('D6', 'A client that reads too slowly is brought up to date, and slows nobody else.', 'it would load the gateway'),
    outOfReach('F2', 'Another replica takes an answer over when its owner dies.', 'a replica would have to be killed'),
    outOfReach('G6', 'All views converge after Redis was away.', 'Redis would have to be stopped'),
    outOfReach('X5', 'Messages and connections beyond the limits are rate_limited, with retryAfterMs.', 'it would use up the limits of this address'),
    outOfReach('X6', 'A connection that sends more than its allowance gets rate_limited, then is closed.', 'it would load the gateway'),
];
//# sourceMappingURL=out-of-reach.js.map