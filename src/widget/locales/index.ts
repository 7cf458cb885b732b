import { ar } from './ar.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import type { Strings } from './strings.ts'
import { vi } from './vi.ts'
import { zh } from './zh.ts'

export interface Locale {
  /** A BCP 47 tag, as for `Intl`. */
  readonly tag: string
  readonly dir: 'ltr' | 'rtl'
  readonly strings: Strings
}

const locales = new Map<string, Strings>(Object.entries({ en, de, es, fr, vi, zh, ar }))
const RTL = new Set(['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi'])
const watchers = new Set<() => void>()

/** Adds a language, or changes words of one that is there; what is not given is said in English. Every chat on the page follows. */
export function registerLocale(tag: string, strings: Partial<Strings>): void {
  const key = tag.toLowerCase()
  locales.set(key, { ...en, ...locales.get(key), ...strings })
  for (const watcher of watchers) watcher()
}

/** Calls back when a language was added. Returns the function that ends it. */
export function watchLocales(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/** The first of the wanted tags that is spoken here, exactly or by its language alone; else English. */
export function localeOf(wanted: readonly (string | null | undefined)[]): Locale {
  for (const tag of wanted) {
    if (!tag) continue
    const key = tag.toLowerCase()
    const language = key.split('-')[0] ?? key
    const strings = locales.get(key) ?? locales.get(language)
    if (strings !== undefined) return { tag: usable(tag), dir: RTL.has(language) ? 'rtl' : 'ltr', strings }
  }
  return { tag: 'en', dir: 'ltr', strings: en }
}

/** `text` with its placeholder replaced. */
export function filled(text: string, value: string | number): string {
  return text.replace(/\{\w+\}/, () => String(value))
}

function usable(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? 'en'
  } catch {
    return 'en'
  }
}
