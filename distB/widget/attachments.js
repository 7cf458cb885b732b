import { html } from 'lit';
import { element, outwardLink } from './element.js';
import { CLOSE, icon } from './icons.js';
import { filled } from './locales/index.js';
const MAX_FILES = 10;
/** Bytes of all of them in the message's metadata, which may have 8 KiB: the rest is the site's. */
const MAX_BYTES = 7 * 1024;
/** The files that go along with the next message, on their way or there. */
export class Attachments {
    #changed;
    #failed;
    #entries = [];
    constructor(changed, failed) {
        this.#changed = changed;
        this.#failed = failed;
    }
    get isEmpty() {
        return this.#entries.length === 0;
    }
    /** All of them are where the site wants them. */
    get isReady() {
        return this.#entries.every(({ url }) => url !== null);
    }
    add(files, attach) {
        const room = MAX_FILES - this.#entries.length;
        for (const file of [...files].slice(0, room))
            void this.#take(file, attach);
    }
    /** Gives what is there, and begins anew. */
    take() {
        const taken = this.#attachments;
        for (const entry of this.#entries)
            this.#drop(entry);
        return taken;
    }
    get #attachments() {
        return this.#entries.map(({ file, url }) => ({ name: nameOf(file), type: file.type, url: url ?? '' }));
    }
    render(strings) {
        const items = this.#entries.map((entry) => {
            const remove = filled(strings.remove, entry.file.name);
            return html `<li class=${entry.url === null ? 'coming' : ''}>
        ${entry.preview === null ? '' : html `<img src=${entry.preview} alt="">`}<bdi>${entry.file.name}</bdi>
        <button type="button" class="action" aria-label=${remove} title=${remove} @click=${() => this.#drop(entry)}>${icon(CLOSE)}</button>
      </li>`;
        });
        return html `<ul class="files" part="files" aria-label=${strings.attachments} ?hidden=${this.isEmpty}>${items}</ul>`;
    }
    async #take(file, attach) {
        const preview = file.type.startsWith('image/') ? URL.createObjectURL(file) : null;
        const entry = { file, preview, url: null };
        this.#entries = [...this.#entries, entry];
        this.#changed();
        try {
            entry.url = String(await attach(file));
            const { length } = new TextEncoder().encode(JSON.stringify(this.#attachments));
            if (length > MAX_BYTES)
                throw new RangeError('there is no room for it beside the others', {
                    cause: `${length} bytes of names and addresses`,
                });
            this.#changed();
        }
        catch (error) {
            if (!this.#entries.includes(entry))
                return; // the visitor took it out
            this.#drop(entry);
            this.#failed(error);
        }
    }
    #drop(entry) {
        if (entry.preview !== null)
            URL.revokeObjectURL(entry.preview);
        this.#entries = this.#entries.filter((other) => other !== entry);
        this.#changed();
    }
}
/** The words of a message, with links to its files for the model. */
export function withLinks(text, files) {
    if (files.length === 0)
        return text;
    return [text.trim(), linksOf(files)].filter((part) => part !== '').join('\n\n');
}
/** What the visitor wrote, and a list of links to the files in it. */
export function shownOf({ content, metadata }, strings) {
    const files = filesOf(metadata.attachments);
    const links = linksOf(files);
    if (files.length === 0 || !content.endsWith(links))
        return { text: content, files: [] };
    const items = files.map(({ name, url }) => element('li', '', outwardLink(url, name) ?? name));
    const list = element('ul', 'files', ...items);
    list.ariaLabel = strings.attachments;
    return { text: content.slice(0, -links.length).trimEnd(), files: [list] };
}
function linksOf(files) {
    return files.map(({ name, url }) => `[${name}](${url})`).join('\n');
}
function filesOf(attachments) {
    if (!Array.isArray(attachments))
        return [];
    return attachments.filter((file) => {
        return typeof file?.name === 'string' && typeof file.url === 'string';
    });
}
/** Without what would end the link. */
function nameOf({ name }) {
    return name.replace(/[[\]\n]/g, ' ');
}
//# sourceMappingURL=attachments.js.map