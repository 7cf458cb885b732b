/** `/widget.js`: the elements, and the launcher where the script's element asks for it (W1). */
import { colourBy } from './colour-source.js';
import { define } from './define.js';
import { BatonLauncher } from './launcher-element.js';
import { loadChat } from './load-chat.js';
import { localeOf } from './locales/index.js';
import { launcherWords } from './locales/launcher-words.js';
import { wantedLanguages } from './options-element.js';
import { broughtBy, scriptSays } from './script.js';
export { registerLocale } from './locales/index.js';
export { BatonLauncher };
broughtBy(import.meta.url);
colourBy(() => import('./colours.js'));
localeOf(wantedLanguages('', null), launcherWords); // what is not there comes while the rest does
define('baton-launcher', BatonLauncher);
function launch() {
    if (document.querySelector('baton-launcher') === null)
        document.body.append(document.createElement('baton-launcher'));
}
if (scriptSays('launcher') === null)
    loadChat().catch(() => { });
else if (document.body !== null)
    launch();
else
    document.addEventListener('DOMContentLoaded', launch);
//# sourceMappingURL=main.js.map