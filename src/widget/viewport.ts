/**
 * Tells the styles of `element` which part of the page a phone shows: `--visible-top`, `-left`, `-width` and `-height` for a panel that
 * fills what the keyboard leaves free, `--beyond-right`, `-left` and `-bottom` for what sits in the corner of a site that is wider than the
 * screen. Returns the function that ends it.
 */
export function followViewport(element: HTMLElement): () => void {
  const viewport = window.visualViewport
  if (viewport === null) return () => {}
  const place = () => {
    const { offsetTop, offsetLeft, width, height, scale } = viewport
    // Fixed boxes are placed in the whole width of the site. Where that is the screen's, a keyboard or a zoom is no reason to move.
    const isWide = innerWidth > width * scale + 1
    const lengths = {
      'visible-top': offsetTop,
      'visible-left': offsetLeft,
      'visible-width': width,
      'visible-height': height,
      'beyond-right': isWide ? Math.max(0, innerWidth - offsetLeft - width) : 0,
      'beyond-left': isWide ? Math.max(0, offsetLeft) : 0,
      'beyond-bottom': isWide ? Math.max(0, innerHeight - offsetTop - height) : 0,
    }
    for (const [name, length] of Object.entries(lengths)) element.style.setProperty(`--${name}`, `${length}px`)
  }
  place()
  viewport.addEventListener('resize', place)
  viewport.addEventListener('scroll', place)
  addEventListener('resize', place)
  return () => {
    viewport.removeEventListener('resize', place)
    viewport.removeEventListener('scroll', place)
    removeEventListener('resize', place)
  }
}

/** How many panels hold the page now. */
let holds = 0
let overflowBefore = ''

/** Keeps the page behind a panel that covers it from scrolling, until the last such panel lets it go. Returns the function that ends it. */
export function holdPage(): () => void {
  const { style } = document.documentElement
  if (holds === 0) {
    overflowBefore = style.overflow
    style.overflow = 'hidden'
  }
  holds++
  let isHeld = true
  return () => {
    if (!isHeld) return
    isHeld = false
    holds--
    if (holds === 0) style.overflow = overflowBefore
  }
}
