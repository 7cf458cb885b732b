/** The `script` element that brought the widget, and what its attributes say. */

/** Undefined where the widget did not come by a `script` element of this page, as in a bundle. */
const script = [...document.querySelectorAll<HTMLScriptElement>('script[type=module]')].find(
  ({ src }) => src === import.meta.url,
)

/** What `data-<name>` of the script says. */
export function scriptSays(name: string): string | null {
  return script?.getAttribute(`data-${name}`) ?? null
}

/** Where the script came from. */
export const origin: string = script === undefined ? location.origin : new URL(script.src).origin
