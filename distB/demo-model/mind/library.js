/** What the model knows: the pages under `content/`, one directory per language, read once. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from './hash.js';
import { LANGUAGES } from './language.js';
const CONTENT = join(import.meta.dirname, '../content');
/** A line of its own between two variants of a page. */
const VARIANT = /^%%%\n/m;
/** Languages whose words are not set off by spaces, or take prefixes: a keyword may stand anywhere. */
const UNSPACED = ['zh', 'ja', 'ar'];
const library = new Map(LANGUAGES.map((language) => [language, readPages(language)]));
/** All pages of a language. */
export function pagesOf(language) {
    return library.get(language) ?? [];
}
/** A page that the content is known to have. */
export function page(language, name) {
    const found = pagesOf(language).find((candidate) => candidate.name === name);
    if (found === undefined)
        throw new Error(`content/${language}/${name}.md is missing`);
    return found;
}
/** The page whose keywords fit `question` best, longer keywords counting for more; undefined where none fits. */
export function pageAbout(language, question) {
    let best;
    for (const candidate of pagesOf(language)) {
        const score = candidate.keywords.reduce((sum, { pattern, weight }) => sum + (pattern.test(question) ? weight : 0), 0);
        if (score > (best?.score ?? 0))
            best = { page: candidate, score };
    }
    return best?.page;
}
/** The page's text: the same variant for the same `seed`. */
export function textOf({ variants }, seed) {
    return variants[hash(seed) % variants.length] ?? '';
}
function readPages(language) {
    const directory = join(CONTENT, language);
    const files = readdirSync(directory).filter((file) => file.endsWith('.txt'));
    return files
        .sort()
        .map((file) => readPage(language, file.slice(0, -'.txt'.length), readFileSync(join(directory, file), 'utf8')));
}
/** A page begins with `ask:`, `keywords:` (comma list) and `next:` lines, each optional, and a line `---`. */
function readPage(language, name, source) {
    const end = source.indexOf('---\n');
    const head = new Map(source
        .slice(0, end)
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
    const words = (head.get('keywords') ?? '').split(',').map((word) => word.trim());
    return {
        name,
        ask: head.get('ask') ?? '',
        next: head.get('next') ?? '',
        keywords: words.filter((word) => word !== '').map((word) => keyword(language, word)),
        variants: source
            .slice(end + '---\n'.length)
            .split(VARIANT)
            .map((text) => text.trim()),
    };
}
/** `word` stands for itself, `word*` for every word that begins so. */
function keyword(language, word) {
    const stem = word.replace(/\*$/, '');
    const literal = stem.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    const weight = stem.length;
    if (UNSPACED.includes(language))
        return { pattern: new RegExp(literal, 'iu'), weight };
    const end = stem === word ? '(?![\\p{L}\\p{N}])' : '';
    return { pattern: new RegExp(`(?<![\\p{L}\\p{N}])${literal}${end}`, 'iu'), weight };
}
//# sourceMappingURL=library.js.map