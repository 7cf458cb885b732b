/** The gateway does other than the contract says; the message tells what. */
export class Failure extends Error {
    name = 'Failure';
}
/** It cannot be told here whether the rule holds; the message tells why. */
export class Skip extends Error {
    name = 'Skip';
}
/** The whole run is to end: the person wants it, or its time is over. */
export class Aborted extends Error {
    name = 'Aborted';
}
/** Throws `Failure` where `holds` is false. */
export function ensure(holds, otherwise) {
    if (!holds)
        throw new Failure(otherwise);
}
/** Throws `Failure` where the two are not the same value. */
export function same(found, expected, what) {
    ensure(Object.is(found, expected), `${what} is ${excerpt(found)} instead of ${excerpt(expected)}`);
}
/** At most so many characters of a value, to be quoted. */
const QUOTED = 200;
export function excerpt(value) {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}
//# sourceMappingURL=verdict.js.map