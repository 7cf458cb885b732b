/** What is spoken beside English, loaded when somebody wants it. */
const FOREIGN = {
    ar: async () => (await import('./ar.js')).ar,
    de: async () => (await import('./de.js')).de,
    es: async () => (await import('./es.js')).es,
    fr: async () => (await import('./fr.js')).fr,
    vi: async () => (await import('./vi.js')).vi,
    zh: async () => (await import('./zh.js')).zh,
};
const RTL = new Set(['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);
/** Milliseconds for which a language that is still on its way is waited for. */
const PATIENCE_MS = 2000;
const loaded = new Map();
/** What the site said for itself. */
const own = new Map();
const loading = new Map();
const watchers = new Set();
/** Adds a language, or changes words of one that is there; what is not given is said in English. Every chat on the page follows. */
export function registerLocale(tag, strings) {
    const key = tag.toLowerCase();
    own.set(key, { ...own.get(key), ...strings });
    tell();
}
/** Calls back when a language was added. Returns the function that ends it. */
export function watchLocales(watcher) {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
}
/**
 * The first of the wanted tags that is spoken here, exactly or by its language alone; else English. Until its words are loaded they are
 * English; then the watchers are told. `english`: all that is to be said.
 */
export function localeOf(wanted, english) {
    for (const tag of wanted) {
        if (!tag)
            continue;
        const key = tag.toLowerCase();
        const language = key.split('-')[0] ?? key;
        const known = [key, language].find((one) => one === 'en' || own.has(one) || one in FOREIGN);
        if (known === undefined)
            continue;
        if (known in FOREIGN && !loaded.has(known)) {
            load(known);
            break;
        }
        const strings = { ...english, ...loaded.get(known), ...own.get(known) };
        return { tag: usable(tag), dir: RTL.has(language) ? 'rtl' : 'ltr', strings };
    }
    return { tag: 'en', dir: 'ltr', strings: { ...english, ...own.get('en') } };
}
/** Resolves once no language is on its way. */
export async function localesSettled() {
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    await Promise.race([Promise.all(loading.values()), late]);
}
/** `text` with its placeholder replaced. */
export function filled(text, value) {
    return text.replace(/\{\w+\}/, () => String(value));
}
function load(key) {
    const fetched = FOREIGN[key];
    if (fetched === undefined || loading.has(key))
        return;
    const settled = fetched().then((strings) => {
        loaded.set(key, strings);
        tell();
    }, () => { });
    loading.set(key, settled);
}
function tell() {
    for (const watcher of watchers)
        watcher();
}
function usable(tag) {
    try {
        return Intl.getCanonicalLocales(tag)[0] ?? 'en';
    }
    catch {
        return 'en';
    }
}
//# sourceMappingURL=index.js.map