let load = null;
let loading = null;
/** From now on code is coloured by what `how` loads, when there is code for the first time. */
export function colourBy(how) {
    load = how;
}
/** Null where nobody said how. */
export function loadColours() {
    if (load !== null)
        loading ??= load();
    return loading;
}
//# sourceMappingURL=colour-source.js.map