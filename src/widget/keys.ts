/** What is typed into `element` reaches none of the page's shortcuts, but for `exception`. */
export function keepKeys(element: HTMLElement, exception?: string): void {
  for (const name of ['keydown', 'keypress', 'keyup'] as const) {
    element.addEventListener(name, (event) => {
      if (event.key !== exception) event.stopPropagation()
    })
  }
}
