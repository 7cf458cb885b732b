/** What is typed into `element` reaches none of the page's shortcuts, but for `exception`. */
export function keepKeys(element, exception) {
    for (const name of ['keydown', 'keypress', 'keyup']) {
        element.addEventListener(name, (event) => {
            if (event.key !== exception)
                event.stopPropagation();
        });
    }
}
//# sourceMappingURL=keys.js.map