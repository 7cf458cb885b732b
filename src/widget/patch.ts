import { isColouredAs } from './code-block.ts'
import { append, inPortions } from './portions.ts'

/**
 * Makes the children of `there` those of `wanted`, which is used up. What is the same stays: it is not laid out again, and what a
 * reader has selected in it, or scrolled, is as it was.
 */
export function patch(there: Node, wanted: Node): void {
  const old = [...there.childNodes]
  const fresh = [...wanted.childNodes]
  for (const [place, node] of fresh.entries()) {
    const before = old[place]
    if (before === undefined) break
    if (before.isEqualNode(node) || isColouredAs(before, node)) continue
    if (before instanceof Text && node instanceof Text) renew(before, node.data)
    else if (isSameKind(before, node)) patch(before, node)
    else there.replaceChild(inPortions(node), before)
  }
  append(there, fresh.slice(old.length).map(inPortions))
  for (const rest of old.slice(fresh.length)) there.removeChild(rest)
}

/** Whether they differ in their children at most. */
export function isSameKind(one: Node, other: Node): boolean {
  return one.cloneNode().isEqualNode(other.cloneNode())
}

/** Mostly words were added to it. */
function renew(text: Text, data: string): void {
  if (data.startsWith(text.data)) text.appendData(data.slice(text.length))
  else text.data = data
}
