import { copyText } from './clipboard.ts'
import { button, element } from './element.ts'
import type { Strings } from './locales/strings.ts'
import { sanitisedSpans } from './sanitise.ts'

const COPIED_MS = 1500
/** Beyond this colours cost more than they help. */
const MAX_HIGHLIGHTED = 20_000

/** Puts a line above a `code` in its `pre`: what language it is, and a button that copies it. */
export function frameCode(code: HTMLElement, strings: Strings): void {
  const pre = code.parentElement
  if (pre === null) return
  pre.tabIndex = 0 // scrolls sideways, so the keyboard must reach it
  const frame = element('div', 'code')
  frame.dir = 'ltr'
  pre.replaceWith(frame)
  frame.append(element('div', 'code-head', element('span', '', languageOf(code)), copyButton(code, strings)), pre)
}

function copyButton(code: HTMLElement, { copyCode, copied }: Strings): HTMLButtonElement {
  const copy = button('copy-code', copyCode, async () => {
    await copyText((code.textContent ?? '').replace(/\n$/, ''), copy)
    flash(copy, copied)
  })
  return copy
}

/** Shows, for a moment, that it was copied; the button keeps its name. */
export function flash(control: HTMLElement, text: string): void {
  control.dataset.done = text
  setTimeout(() => delete control.dataset.done, COPIED_MS)
}

let loading: Promise<typeof import('./highlighter.ts')> | null = null

/** Colours the code blocks in `container`. The highlighter is loaded when the first one is there; without it they stay plain. */
export async function highlightIn(container: ParentNode): Promise<void> {
  const blocks = [...container.querySelectorAll<HTMLElement>('pre > code[class]:not([data-coloured])')]
  const worth = blocks.filter(({ textContent }) => (textContent?.length ?? 0) <= MAX_HIGHLIGHTED)
  if (worth.length === 0) return
  loading ??= import('./highlighter.ts')
  const { highlighted } = await loading.catch(() => ({ highlighted: () => null }))
  for (const code of worth) {
    const html = highlighted(code.textContent ?? '', languageOf(code))
    if (html === null) continue
    code.dataset.coloured = ''
    code.replaceChildren(sanitisedSpans(html))
  }
}

function languageOf(code: HTMLElement): string {
  return code.className.replace(/^language-/, '')
}
