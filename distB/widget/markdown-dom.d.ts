import type { Token } from 'marked';
import type { Strings } from './locales/strings.ts';
/**
 * Parsed markdown as nodes. There is no HTML on the way that would have to be cleaned: elements are made one by one from the few
 * kinds below, everything that an answer contains is put in as text, and the one attribute that comes from it is a link's
 * checked address. So nothing in it can run, load or style anything (W4).
 */
export declare function nodesOf(tokens: readonly Token[], strings: Strings): DocumentFragment;
