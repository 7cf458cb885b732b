import { isColouredAs } from './code-block.ts'
import { append, inPortions } from './portions.ts'

/**
 * Makes the children of `there`, but for the first `from`, those of `wanted`, which is used up. What is the same stays: it is not laid
 * out again, and what a reader has selected in it, or scrolled, is as it was.
 */
export function patch(there: Node, wanted: Node, from = 0): void {
  const old = childrenFrom(there, from)
  const fresh = [...wanted.childNodes]
  old.slice(0, fresh.length).forEach((before, place) => {
    const node = fresh[place]
    if (node === undefined || before.isEqualNode(node) || isColouredAs(before, node)) return
    if (before instanceof Text && node instanceof Text) renew(before, node.data)
    else if (isSameKind(before, node) || widened(before, node)) patch(before, node)
    else takePlace(there, node, before)
  })
  append(there, fresh.slice(old.length).map(inPortions))
  for (const rest of old.slice(fresh.length)) there.removeChild(rest)
}

/** Puts `node` into `there` instead of `before`, or at the end. */
export function takePlace<N extends Node>(there: Node, node: N, before: Node | null): N {
  inPortions(node)
  if (before === null) there.appendChild(node)
  else there.replaceChild(node, before)
  return node
}

/** Whether they differ in their children at most. */
export function isSameKind(one: Node, other: Node): boolean {
  return one.cloneNode().isEqualNode(other.cloneNode())
}

/** Whether `list` is `wanted` but for its children and the room for its numbers, which it takes over: it came to its hundredth item. */
function widened(list: Node, wanted: Node): boolean {
  if (!(list instanceof HTMLOListElement && wanted instanceof HTMLOListElement) || list.start !== wanted.start)
    return false
  if (wanted.dataset.digits !== undefined) list.dataset.digits = wanted.dataset.digits
  return isSameKind(list, wanted)
}

/** Without a walk over those before: of a long answer they are many. */
function childrenFrom({ childNodes }: Node, from: number): ChildNode[] {
  const children: ChildNode[] = []
  for (let place = from; place < childNodes.length; place++) children.push(childNodes[place] as ChildNode)
  return children
}

/** Touches only what differs: to set the whole text would take what is selected in it away. */
function renew(text: Text, data: string): void {
  const before = text.data
  let same = 0
  while (same < before.length && before[same] === data[same]) same++
  text.replaceData(same, before.length - same, data.slice(same))
}
