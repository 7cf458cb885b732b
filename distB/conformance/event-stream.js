import { Failure } from './verdict.js';
/** The events of a reply, as they come. Throws `Failure` where their data is not JSON. */
export async function* eventsOf(reply) {
    let text = '';
    for await (const piece of reply.setEncoding('utf8')) {
        const blocks = (text + piece).split(/\r?\n\r?\n/);
        text = blocks.pop() ?? '';
        for (const block of blocks) {
            const event = eventIn(block);
            if (event !== null)
                yield event;
        }
    }
}
/** Null for a block without data: a comment, a `retry`. */
function eventIn(block) {
    const fields = block.split(/\r?\n/).map((line) => /^([^:]*)(?:: ?(.*))?$/.exec(line));
    const all = (name) => fields.filter((field) => field?.[1] === name).map((field) => field?.[2] ?? '');
    const data = all('data');
    if (data.length === 0)
        return null;
    return { event: all('event').at(-1) ?? 'message', data: parse(data.join('\n')), id: all('id').at(-1) };
}
function parse(data) {
    try {
        return JSON.parse(data);
    }
    catch {
        throw new Failure(`the data of a server-sent event is not JSON: ${data.slice(0, 100)}`);
    }
}
//# sourceMappingURL=event-stream.js.map