import type { LauncherStrings, Strings } from './strings.ts'

export interface Locale<S = Strings> {
  /** A BCP 47 tag, as for `Intl`. */
  readonly tag: string
  readonly dir: 'ltr' | 'rtl'
  readonly strings: S
}

/** What is spoken beside English, loaded when somebody wants it. */
const FOREIGN: Readonly<Record<string, () => Promise<Strings>>> = {
  ar: async () => (await import('./ar.ts')).ar,
  de: async () => (await import('./de.ts')).de,
  es: async () => (await import('./es.ts')).es,
  fr: async () => (await import('./fr.ts')).fr,
  vi: async () => (await import('./vi.ts')).vi,
  zh: async () => (await import('./zh.ts')).zh,
}
const RTL = new Set(['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi'])
/** Milliseconds for which a language that is still on its way is waited for. */
const PATIENCE_MS = 2000

const loaded = new Map<string, Strings>()
/** What the site said for itself. */
const own = new Map<string, Partial<Strings>>()
const loading = new Map<string, Promise<void>>()
const watchers = new Set<() => void>()

/** Adds a language, or changes words of one that is there; what is not given is said in English. Every chat on the page follows. */
export function registerLocale(tag: string, strings: Partial<Strings>): void {
  const key = tag.toLowerCase()
  own.set(key, { ...own.get(key), ...strings })
  tell()
}

/** Calls back when a language was added. Returns the function that ends it. */
export function watchLocales(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/**
 * The first of the wanted tags that is spoken here, exactly or by its language alone; else English. Until its words are loaded they are
 * English; then the watchers are told. `english`: all that is to be said.
 */
export function localeOf<S extends LauncherStrings>(
  wanted: readonly (string | null | undefined)[],
  english: S,
): Locale<S> {
  for (const tag of wanted) {
    if (!tag) continue
    const key = tag.toLowerCase()
    const language = key.split('-')[0] ?? key
    const known = [key, language].find((one) => one === 'en' || own.has(one) || one in FOREIGN)
    if (known === undefined) continue
    if (known in FOREIGN && !loaded.has(known)) {
      load(known)
      break
    }
    const strings = { ...english, ...loaded.get(known), ...own.get(known) }
    return { tag: usable(tag), dir: RTL.has(language) ? 'rtl' : 'ltr', strings }
  }
  return { tag: 'en', dir: 'ltr', strings: { ...english, ...own.get('en') } }
}

/** Resolves once no language is on its way. */
export async function localesSettled(): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))
  await Promise.race([Promise.all(loading.values()), late])
}

/** `text` with its placeholder replaced. */
export function filled(text: string, value: string | number): string {
  return text.replace(/\{\w+\}/, () => String(value))
}

function load(key: string): void {
  const fetched = FOREIGN[key]
  if (fetched === undefined || loading.has(key)) return
  const settled = fetched().then(
    (strings) => {
      loaded.set(key, strings)
      tell()
    },
    () => {}, // it stays English
  )
  loading.set(key, settled)
}

function tell(): void {
  for (const watcher of watchers) watcher()
}

function usable(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? 'en'
  } catch {
    return 'en'
  }
}
