import { copyText } from './clipboard.ts'
import { button } from './element.ts'

const COPIED_MS = 1500

/** A button that copies what `text` gives when it is pressed, and says so in its own place for a moment. */
export function copyButton(className: string, label: string, copied: string, text: () => string): HTMLButtonElement {
  let back: ReturnType<typeof setTimeout> | undefined
  const control = button(className, label, async () => {
    await copyText(text(), control)
    control.textContent = copied
    control.dispatchEvent(new CustomEvent('said', { detail: copied, bubbles: true }))
    clearTimeout(back)
    back = setTimeout(() => {
      control.textContent = label
    }, COPIED_MS)
  })
  return control
}
