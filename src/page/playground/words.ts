import { ar } from '../../widget/locales/ar.ts'
import { de } from '../../widget/locales/de.ts'
import { en } from '../../widget/locales/en.ts'
import { es } from '../../widget/locales/es.ts'
import { fr } from '../../widget/locales/fr.ts'
import type { Strings } from '../../widget/locales/strings.ts'
import { vi } from '../../widget/locales/vi.ts'
import { zh } from '../../widget/locales/zh.ts'
import { element } from '../element.ts'

const LANGUAGES: Readonly<Record<string, Strings>> = { en, de, es, fr, vi, zh, ar }

/** All that the widget says, in all of its languages. */
export function tableOfWords(): HTMLElement {
  const tags = Object.keys(LANGUAGES)
  const rows = (Object.keys(en) as (keyof Strings)[]).map((key) => {
    return element('tr', '', element('th', '', key), ...tags.map((tag) => wordIn(tag, LANGUAGES[tag]?.[key] ?? '')))
  })
  const head = element('tr', '', ...['', ...tags].map((tag) => element(tag === '' ? 'td' : 'th', '', tag)))
  return element('table', '', element('thead', '', head), element('tbody', '', ...rows))
}

function wordIn(tag: string, words: string): HTMLElement {
  const cell = element('td', '', words)
  cell.lang = tag
  cell.dir = 'auto'
  return cell
}
