import { button } from '../element.ts'

/** Does an act of the operator, after it was asked for, and tells what came of it. */
export type Perform = (what: string, act: () => Promise<unknown>, question?: string) => Promise<void>

/** A button for an act. */
export function act(label: string, onClick: () => void, className = ''): HTMLButtonElement {
  const created = button(label, onClick)
  created.className = className
  return created
}
