import { copyText } from './clipboard.js';
import { iconButton, named } from './element.js';
import { COPY, DONE } from './icons.js';
const COPIED_MS = 1500;
/** A button that copies what `text` gives when it is pressed, and says so in its own place for a moment. */
export function copyButton(className, label, copied, text) {
    let back;
    const control = iconButton(className, label, COPY, async () => {
        await copyText(text(), control);
        named(control, copied, DONE);
        control.dispatchEvent(new CustomEvent('said', { detail: copied, bubbles: true }));
        clearTimeout(back);
        back = setTimeout(() => named(control, label, COPY), COPIED_MS);
    });
    return control;
}
//# sourceMappingURL=copy-button.js.map