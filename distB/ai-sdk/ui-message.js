export function metadataOf(message) {
    const { id: _id, role: _role, content: _content, ...rest } = message;
    return rest;
}
/** A whole message, as one that is shown again after a reload. */
export function uiMessageOf(message) {
    const { id, role, content, status } = message;
    const text = { type: 'text', text: content, state: status === 'streaming' ? 'streaming' : 'done' };
    return { id, role, metadata: metadataOf(message), parts: [text, ...sourcesOf(message)] };
}
/** What the user wrote. Throws a `TypeError` where there is something else than text, which Baton does not carry. */
export function textOf({ parts }) {
    const other = parts.find(({ type }) => type !== 'text');
    if (other !== undefined)
        throw new TypeError(`Baton carries text only, not parts of type "${other.type}"`);
    return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
/** Sources of an answer (S8): with a link where theirs is one that may be followed. */
export function sourcesOf({ id, metadata }) {
    const sources = metadata.sources;
    if (!Array.isArray(sources))
        return [];
    return sources.map((source, index) => {
        const sourceId = `${id}:${index}`;
        const title = String(source.title ?? source.url ?? '');
        return typeof source.url === 'string' && /^https?:/i.test(source.url)
            ? { type: 'source-url', sourceId, url: source.url, title }
            : { type: 'source-document', sourceId, mediaType: 'text/plain', title };
    });
}
const FINISH_REASONS = {
    stop: 'stop',
    length: 'length',
    content_filter: 'content-filter',
    tool_calls: 'tool-calls',
};
export function finishReasonOf({ metadata }) {
    return FINISH_REASONS[String(metadata.finish_reason)] ?? 'other';
}
//# sourceMappingURL=ui-message.js.map