import { iconButton } from './element.js';
import { THUMB } from './icons.js';
/** Two buttons that say what an answer is worth; the one that is pressed can be pressed again to take it back. */
export function thumbs(strings, rate) {
    const buttons = ['up', 'down'].map((rating) => {
        const label = rating === 'up' ? strings.good : strings.bad;
        const control = iconButton(`action thumb-${rating}`, label, THUMB, () => {
            const isOn = control.ariaPressed === 'true';
            for (const each of buttons)
                each.ariaPressed = String(each === control && !isOn);
            rate(isOn ? null : rating);
        });
        control.ariaPressed = 'false';
        return control;
    });
    return buttons;
}
//# sourceMappingURL=thumbs.js.map