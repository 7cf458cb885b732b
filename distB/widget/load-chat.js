import { define } from './define.js';
import { localesSettled } from './locales/index.js';
import { tried } from './tried.js';
let loading = null;
/** Brings `<baton-chat>` onto the page: the first paint of a launcher does without it. Rejects where it cannot be had; the next call tries again. */
export function loadChat() {
    loading ??= load().catch((error) => {
        loading = null;
        throw error;
    });
    return loading;
}
async function load() {
    const [{ BatonChat }] = await Promise.all([tried(() => import('./chat-element.js')), localesSettled()]);
    define('baton-chat', BatonChat);
}
//# sourceMappingURL=load-chat.js.map