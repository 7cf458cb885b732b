import { interrupted } from '../../session/interruptions.js';
import { withRunningText } from '../../session/running-text.js';
/** The messages, the running answer's with its text. */
export function visibleMessages(snapshot) {
    return withRunningText(snapshot?.messages ?? [], snapshot?.running ?? null);
}
/** The answer as it ends where nobody can go on with it (F4). */
export function asInterrupted(answer) {
    return { ...answer, status: 'error', metadata: { ...answer.metadata, error: interrupted('gone') } };
}
//# sourceMappingURL=answers.js.map