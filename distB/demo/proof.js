/** In the order in which they are told. */
export function findingsOf(evidence) {
    const { undisturbed, final, viewers, fault, tokens, reattaches, restarts } = evidence;
    const replicas = (final?.metadata.replicas ?? []);
    return [
        ...viewers.map(({ name, shown }) => textFinding(name, shown, undisturbed.text)),
        restarts
            ? { holds: true, text: 'the text started again from nothing, as LLM_RESUME=restart says' }
            : { holds: viewers.every(({ wasTakenBack }) => !wasTakenBack), text: 'nothing that was shown was taken back' },
        { holds: final?.status === 'complete', text: `the message ended as ${final?.status ?? 'nothing'}` },
        {
            holds: replicas.length > 1 || restarts || fault === 'drain',
            text: `written by ${replicas.join(', then ')}`,
        },
        {
            holds: tokens === undisturbed.tokens || !reattaches,
            text: tokens === undisturbed.tokens
                ? `generated once: the model made ${tokens} tokens for an answer of ${undisturbed.tokens}`
                : `the model made ${tokens} tokens for an answer of ${undisturbed.tokens}`,
        },
    ];
}
function textFinding(name, shown, expected) {
    if (shown === expected) {
        return {
            holds: true,
            text: `${name} has exactly the ${expected.length} characters that the model says undisturbed`,
        };
    }
    const at = [...expected].findIndex((_, i) => shown[i] !== expected[i]);
    const excerpt = (text) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 20));
    return {
        holds: false,
        text: `${name} has other text from character ${at} on: ${excerpt(shown)} instead of ${excerpt(expected)}`,
    };
}
//# sourceMappingURL=proof.js.map