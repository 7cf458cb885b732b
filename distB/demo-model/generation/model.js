import { replyTo } from '../mind/reply.js';
import { paced } from './pace.js';
import { countTokens, tokenize } from './tokens.js';
export function createModel(tokensPerSecond, random) {
    const activity = { running: 0, tokens: 0 };
    function plan(prompt, maxTokens) {
        const answer = replyTo(prompt);
        const promptTokens = prompt.turns.reduce((sum, turn) => sum + countTokens(turn.text), 0);
        let completionTokens = 0;
        let finishReason = 'stop';
        function* limited() {
            for (const token of tokenize(answer)) {
                if (completionTokens === maxTokens) {
                    finishReason = 'length';
                    return;
                }
                completionTokens++;
                activity.tokens++;
                yield token;
            }
        }
        async function* tokens(signal) {
            activity.running++;
            try {
                yield* paced(limited(), { tokensPerSecond, random }, signal);
            }
            finally {
                activity.running--;
            }
        }
        return { tokens, outcome: () => ({ finishReason, promptTokens, completionTokens }) };
    }
    return { activity, plan };
}
//# sourceMappingURL=model.js.map