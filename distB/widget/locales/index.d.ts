import type { LauncherStrings, Strings } from './strings.ts';
export interface Locale<S = Strings> {
    /** A BCP 47 tag, as for `Intl`. */
    readonly tag: string;
    readonly dir: 'ltr' | 'rtl';
    readonly strings: S;
}
/** Adds a language, or changes words of one that is there; what is not given is said in English. Every chat on the page follows. */
export declare function registerLocale(tag: string, strings: Partial<Strings>): void;
/** Calls back when a language was added. Returns the function that ends it. */
export declare function watchLocales(watcher: () => void): () => void;
/**
 * The first of the wanted tags that is spoken here, exactly or by its language alone; else English. Until its words are loaded they are
 * English; then the watchers are told. `english`: all that is to be said.
 */
export declare function localeOf<S extends LauncherStrings>(wanted: readonly (string | null | undefined)[], english: S): Locale<S>;
/** Resolves once no language is on its way. */
export declare function localesSettled(): Promise<void>;
/** `text` with its placeholder replaced. */
export declare function filled(text: string, value: string | number): string;
