/** The lines between what stands on the stage, and the text that runs along them: SVG, drawn where the boxes are. */

const SVG = 'http://www.w3.org/2000/svg'
const PULSE_MS = 900
/** Deltas come faster than eyes follow. */
const BETWEEN_PULSES_MS = 80
/** Points of a curve that a pulse is led through. */
const SAMPLES = 10

/** A way from box to box; each step is drawn, lit, or run along. */
export type Route = readonly string[]

interface Wire {
  readonly from: string
  readonly to: string
  readonly path: SVGPathElement
}

export class Wires {
  readonly element = create('svg', 'wires')
  readonly #box: HTMLElement
  readonly #pulses = create('g', 'pulses')
  readonly #watcher = new ResizeObserver(() => this.draw())
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)')
  readonly #places = new Map<string, HTMLElement>()
  #wires: Wire[] = []
  #route: Route = []
  #lastPulse = 0

  /** `box` holds the boxes and this drawing; every length is relative to it. */
  constructor(box: HTMLElement) {
    this.#box = box
    this.element.setAttribute('aria-hidden', 'true')
    this.element.append(this.#pulses)
    this.#watcher.observe(box)
  }

  place(name: string, element: HTMLElement): void {
    this.#places.set(name, element)
    this.#watcher.observe(element)
  }

  /** Each pair of `links` becomes a line, from the first one's lower edge to the second one's upper edge. */
  connect(links: readonly (readonly [string, string])[]): void {
    for (const { path } of this.#wires) path.remove()
    this.#wires = links.map(([from, to]) => ({ from, to, path: create('path', 'wire') }))
    this.#pulses.before(...this.#wires.map(({ path }) => path))
    this.draw()
  }

  draw(): void {
    const origin = this.#box.getBoundingClientRect()
    this.element.setAttribute('viewBox', `0 0 ${origin.width} ${origin.height}`)
    for (const { from, to, path } of this.#wires) {
      const [a, b] = [this.#places.get(from), this.#places.get(to)].map((place) => place?.getBoundingClientRect())
      if (a !== undefined && b !== undefined) path.setAttribute('d', curve(a, b, origin))
    }
    this.#light()
  }

  /** The way that text takes at present; empty where none runs. */
  set route(route: Route) {
    if (route.join() === this.#route.join()) return
    this.#route = route
    this.#light()
  }

  /** Text came: something runs along the route, unless that moves too much for this visitor. */
  pulse(now: number): void {
    const isHidden = this.element.clientWidth === 0
    if (this.#route.length === 0 || isHidden || this.#calm.matches || now - this.#lastPulse < BETWEEN_PULSES_MS) return
    this.#lastPulse = now
    const points = this.#pointsOfRoute()
    if (points.length < 2) return
    const dot = create('circle', 'pulse')
    dot.setAttribute('r', '4')
    this.#pulses.append(dot)
    const keyframes = points.map(({ x, y }) => ({ transform: `translate(${x}px, ${y}px)` }))
    dot.animate(keyframes, PULSE_MS).onfinish = () => dot.remove()
  }

  #light(): void {
    const steps = new Set(this.#steps().map(([a, b]) => [a, b].sort().join()))
    for (const { from, to, path } of this.#wires) path.classList.toggle('lit', steps.has([from, to].sort().join()))
  }

  #steps(): [string, string][] {
    return this.#route.slice(1).map((to, i) => [this.#route[i] ?? '', to])
  }

  #pointsOfRoute(): { x: number; y: number }[] {
    return this.#steps().flatMap(([from, to]) => {
      const forth = this.#wires.find((wire) => wire.from === from && wire.to === to)
      const wire = forth ?? this.#wires.find((one) => one.from === to && one.to === from)
      if (wire === undefined) return []
      const length = wire.path.getTotalLength()
      return Array.from({ length: SAMPLES }, (_, i) => {
        const part = i / (SAMPLES - 1)
        return wire.path.getPointAtLength(length * (forth === undefined ? 1 - part : part))
      })
    })
  }
}

function curve(a: DOMRect, b: DOMRect, origin: DOMRect): string {
  const isBeside = b.top < a.bottom
  const [x1, y1] = isBeside ? [a.right, middle(a.top, a.bottom)] : [middle(a.left, a.right), a.bottom]
  const [x2, y2] = isBeside ? [b.left, middle(b.top, b.bottom)] : [middle(b.left, b.right), b.top]
  const [fromX, fromY, toX, toY] = [x1 - origin.left, y1 - origin.top, x2 - origin.left, y2 - origin.top]
  if (isBeside) return `M ${fromX} ${fromY} L ${toX} ${toY}`
  const halfway = middle(fromY, toY)
  return `M ${fromX} ${fromY} C ${fromX} ${halfway}, ${toX} ${halfway}, ${toX} ${toY}`
}

function middle(a: number, b: number): number {
  return (a + b) / 2
}

function create<K extends keyof SVGElementTagNameMap>(tag: K, className: string): SVGElementTagNameMap[K] {
  const created = document.createElementNS(SVG, tag)
  created.setAttribute('class', className)
  return created
}
