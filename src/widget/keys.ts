/** The key is one of an input method: it ends a composition, or leads through one. */
export function composes(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229 // Safari ends the composition before it tells of the key
}

/** What is typed into `element` reaches none of the page's shortcuts, but for `exception`. */
export function keepKeys(element: HTMLElement, exception?: string): void {
  for (const name of ['keydown', 'keypress', 'keyup'] as const) {
    element.addEventListener(name, (event) => {
      if (event.key !== exception) event.stopPropagation()
    })
  }
}
