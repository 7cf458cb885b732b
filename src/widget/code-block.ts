import { loadColours } from './colour-source.ts'
import { copyButton } from './copy-button.ts'
import { element } from './element.ts'
import type { Strings } from './locales/strings.ts'

/** Characters; beyond this colours cost more than they help. */
const MAX_COLOURED = 20_000

/** Code with a line above that says what language it is, and a button that copies it. */
export function codeBlock(text: string, language: string, strings: Strings): HTMLElement {
  const code = element('code', '', text)
  code.dataset.language = language
  // The code that is beside the button now: while an answer streams, what is new in a block is put into the one that is there.
  const shown = () => copy.closest('.code')?.querySelector('code')?.textContent ?? ''
  const copy = copyButton('action copy-code', strings.copyCode, strings.copied, shown)
  const pre = element('pre', '', code)
  pre.tabIndex = 0 // scrolls sideways, so the keyboard must reach it
  const block = element('div', 'code', element('div', 'code-head', element('span', '', language), copy), pre)
  block.dir = 'ltr'
  return block
}

/** Whether it is this code, and `colourCode` has been there: what a reader has selected in it stays. */
export function isColouredAs(shown: Node, code: Node): boolean {
  const isDone = shown instanceof HTMLElement && shown.nodeName === 'CODE' && shown.dataset.language === undefined
  return isDone && code.nodeName === 'CODE' && code.textContent === shown.textContent
}

/** Colours the code in blocks that change no more. Without the means code stays plain. */
export async function colourCode(done: readonly Element[]): Promise<void> {
  const blocks = done.flatMap((block) => [
    ...block.querySelectorAll<HTMLElement>('code[data-language]:not([data-language=""])'),
  ])
  const worth = blocks.filter(({ textContent }) => (textContent ?? '').length <= MAX_COLOURED)
  const loading = worth.length === 0 ? null : loadColours()
  if (loading === null) return
  const colours = await loading.catch(() => null)
  for (const code of worth) {
    const { language } = code.dataset
    if (colours === null || language === undefined) continue
    delete code.dataset.language
    const coloured = colours.coloured(code.textContent ?? '', language)
    if (coloured !== null) code.replaceChildren(coloured)
  }
}
