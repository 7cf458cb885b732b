/**
 * Keeps a full-screen panel in the part of the screen that a phone's keyboard leaves free: `--visible-top` and
 * `--visible-height` of the element. Returns the function that ends it.
 */
export function followViewport(element: HTMLElement): () => void {
  const viewport = window.visualViewport
  if (viewport === null) return () => {}
  const place = () => {
    element.style.setProperty('--visible-top', `${viewport.offsetTop}px`)
    element.style.setProperty('--visible-height', `${viewport.height}px`)
  }
  place()
  viewport.addEventListener('resize', place)
  viewport.addEventListener('scroll', place)
  return () => {
    viewport.removeEventListener('resize', place)
    viewport.removeEventListener('scroll', place)
  }
}
