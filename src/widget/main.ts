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
  if (document.querySelector('baton-launcher') === null) document.body.append(document.createElement('baton-launcher'))
}

if (scriptSays('launcher') === null) loadChat().catch(() => {})
else if (document.body !== null) launch()
else document.addEventListener('DOMContentLoaded', launch)
