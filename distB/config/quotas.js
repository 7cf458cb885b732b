/** What each user may use, and each group where groups have limits (`group` is null where not); null where nobody has a limit. */
export function quotasIn(settings) {
    const limitsOf = (whose) => ({
        messages: settings[`DAILY_MESSAGES_PER_${whose}`],
        sessions: settings[`DAILY_SESSIONS_PER_${whose}`],
        tokens: settings[`DAILY_TOKENS_PER_${whose}`],
        answers: settings[`MAX_ANSWERS_PER_${whose}`],
    });
    const isLimited = (limits) => Object.values(limits).some((most) => most > 0);
    const [user, group] = [limitsOf('USER'), limitsOf('GROUP')];
    if (isLimited(group))
        return { user, group };
    return isLimited(user) ? { user, group: null } : null;
}
//# sourceMappingURL=quotas.js.map