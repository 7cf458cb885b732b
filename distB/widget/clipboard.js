/** Copies text. `navigator.clipboard` is missing on pages served over plain http from anywhere but localhost. */
export async function copyText(text, near) {
    try {
        await navigator.clipboard.writeText(text);
    }
    catch {
        copyBySelection(text, near);
    }
}
/** Beside the button that was pressed: outside an open dialog nothing can be selected. */
function copyBySelection(text, near) {
    const area = document.createElement('textarea');
    area.value = text;
    area.style.position = 'fixed';
    area.style.opacity = '0';
    near.after(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    near.focus();
}
//# sourceMappingURL=clipboard.js.map