/** `/widget.js`: the elements, and the launcher where the script's element asks for it (W1). */
import { colourBy } from './colour-source.ts'
import { define } from './define.ts'
import { BatonLauncher } from './launcher-element.ts'
import { loadChat } from './load-chat.ts'
import { localeOf } from './locales/index.ts'
import { launcherWords } from './locales/launcher-words.ts'
import { wantedLanguages } from './options-element.ts'
import { broughtBy, scriptSays } from './script.ts'

export { registerLocale } from './locales/index.ts'
export { BatonLauncher }

broughtBy(import.meta.url)
colourBy(() => import('./colours.ts'))
localeOf(wantedLanguages('', null), launcherWords) // what is not there comes while the rest does
define('baton-launcher', BatonLauncher)

function launch(): void {
  if (document.querySelector('baton-launcher') !== null) return
  const launcher = document.createElement('baton-launcher')
  document.body.append(launcher)
  keep(launcher)
}

/**
 * Puts the launcher back where a site swaps its body, or all that is in there, for the next page's (Turbo, htmx): this script does not run
 * again then. What the site takes away by itself stays away.
 */
function keep(launcher: HTMLElement): void {
  const watch = new MutationObserver((records) => {
    const isGone = records.some(({ removedNodes }) => [...removedNodes].some((node) => node.contains(launcher)))
    if (isGone && !launcher.isConnected && isSwapped(records)) putBack(launcher)
    look()
  })
  const look = (): void => {
    watch.disconnect()
    for (const parent of [document.documentElement, document.body]) {
      if (parent !== null) watch.observe(parent, { childList: true })
    }
  }
  look()
}

/** Nothing is left of what stood in the body. */
function isSwapped(records: readonly MutationRecord[]): boolean {
  const came = new Set<Node | null>(records.flatMap(({ addedNodes }) => [...addedNodes]))
  const there = [...(document.body?.children ?? [])]
  return came.has(document.body) || (there.length > 0 && there.every((one) => came.has(one)))
}

function putBack(launcher: HTMLElement): void {
  const copy = document.querySelector('baton-launcher') // Turbo goes back to a copy of the body
  if (copy === null) document.body?.append(launcher)
  else copy.replaceWith(launcher)
}

if (scriptSays('launcher') === null) loadChat().catch(() => {})
else if (document.body !== null) launch()
else document.addEventListener('DOMContentLoaded', launch)
