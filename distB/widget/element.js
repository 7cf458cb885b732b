import { iconElement } from './icons.js';
/** An element with a class, which is its `part` as well, and children; text children are text, never markup. */
export function element(tag, className, ...children) {
    const created = document.createElement(tag);
    if (className !== '') {
        created.className = className;
        created.setAttribute('part', className);
    }
    created.append(...children);
    return created;
}
export function button(className, label, onClick) {
    const created = element('button', className, label);
    created.type = 'button';
    created.addEventListener('click', onClick);
    return created;
}
/** A button that shows an icon; its label is its name. */
export function iconButton(className, label, drawing, onClick) {
    const created = button(className, '', onClick);
    named(created, label, drawing);
    return created;
}
/** Gives such a button another name and icon. */
export function named(control, label, drawing) {
    control.ariaLabel = label;
    control.title = label;
    control.replaceChildren(iconElement(drawing));
}
/** A link out of the chat; null where `url` is none that may be followed (W4). */
export function outwardLink(url, content) {
    if (typeof url !== 'string' || !/^(?:https?:|mailto:)/i.test(url))
        return null;
    const link = element('a', '', content);
    link.href = url;
    link.rel = 'noopener noreferrer';
    link.target = '_blank';
    return link;
}
//# sourceMappingURL=element.js.map