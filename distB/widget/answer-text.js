import { tried } from './tried.js';
let Markdown = null;
let loading = null;
/** What reads markdown is loaded after the chat, which is seen before there is an answer. Null where it is there. */
export function loadMarkdown() {
    if (Markdown !== null)
        return null;
    loading ??= tried(() => import('./streamed-markdown.js')).then((loaded) => {
        Markdown = loaded.StreamedMarkdown;
    }, () => { });
    return loading;
}
export function answerText(container, strings) {
    container.classList.toggle('raw', Markdown === null);
    return Markdown === null ? asWritten(container) : new Markdown(container, strings);
}
function asWritten(container) {
    const show = (text) => {
        container.textContent = text;
    };
    return { update: show, finish: show };
}
//# sourceMappingURL=answer-text.js.map