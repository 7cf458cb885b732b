import { copyText } from './clipboard.ts'
import { iconButton, say } from './element.ts'
import { COPY, DONE, iconElement } from './icons.ts'

const COPIED_MS = 1500

/** A button that copies what `text` gives when it is pressed. It shows that for a moment, and keeps its name: another one would be said, too. */
export function copyButton(className: string, label: string, copied: string, text: () => string): HTMLButtonElement {
  let back: ReturnType<typeof setTimeout> | undefined
  const control = iconButton(className, label, COPY, async () => {
    await copyText(text(), control)
    control.replaceChildren(iconElement(DONE))
    say(control, copied)
    clearTimeout(back)
    back = setTimeout(() => control.replaceChildren(iconElement(COPY)), COPIED_MS)
  })
  return control
}
