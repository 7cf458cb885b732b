import type { Bar, Chart } from './finding.ts'
import { escaped } from './html.ts'

const WIDTH = 760
const LABEL = 130
const VALUE = 90
const ROW = 26
const THICKNESS = 16
const AXIS = 24
const TICKS = 5

/** A chart as an SVG that takes its colours from the page (`--part-0` and so on), with the scale below. */
export function chartOf({ title, unit, bars }: Chart): string {
  const names = partNames(bars)
  const most = Math.max(...bars.map((bar) => Math.max(sumOf(bar), bar.max ?? 0)), Number.MIN_VALUE)
  const step = niceStep(most / TICKS)
  const top = Math.ceil(most / step) * step
  const x = (value: number) => LABEL + (value / top) * (WIDTH - LABEL - VALUE)
  const height = bars.length * ROW + AXIS
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step)
  return `<figure>
<figcaption>${escaped(title)}, ${escaped(unit)}</figcaption>
${names.length > 1 ? `<p class="legend">${names.map((name, i) => `<span><i style="background:var(--part-${i})"></i>${escaped(name)}</span>`).join('')}</p>` : ''}
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
${ticks.map((tick) => axisMark(x(tick), bars.length * ROW, numberText(tick, step))).join('\n')}
${bars.map((bar, i) => rowOf(bar, names, i * ROW, x)).join('\n')}
</svg>
</figure>`
}

function rowOf(bar: Bar, names: readonly string[], y: number, x: (value: number) => number): string {
  let from = 0
  const middle = y + ROW / 2
  const parts = bar.parts.map(({ name, value }) => {
    const rect = `<rect x="${place(x(from))}" y="${middle - THICKNESS / 2}" width="${place(x(from + value) - x(from))}" height="${THICKNESS}" style="fill:var(--part-${names.indexOf(name)})"><title>${escaped(`${bar.label}, ${name}: ${figureOf(value)}`)}</title></rect>`
    from += value
    return rect
  })
  const { min, max } = bar
  const isRange = min !== undefined && max !== undefined && max > min
  const range = isRange
    ? `<path class="range" d="M${place(x(min))} ${middle}H${place(x(max))}M${place(x(min))} ${middle - 4}v8M${place(x(max))} ${middle - 4}v8"/>`
    : ''
  const end = x(Math.max(from, isRange ? max : 0)) + 6
  return `<text x="${LABEL - 8}" y="${middle}" class="label">${escaped(bar.label)}</text>${parts.join('')}${range}<text x="${place(end)}" y="${middle}">${figureOf(from)}</text>`
}

function axisMark(x: number, bottom: number, text: string): string {
  return `<path class="grid" d="M${place(x)} 0V${bottom}"/><text x="${place(x)}" y="${bottom + 12}" class="tick">${text}</text>`
}

/** Parts that are nothing in every bar are not named. */
function partNames(bars: readonly Bar[]): string[] {
  const parts = bars.flatMap((bar) => bar.parts)
  return [...new Set(parts.map(({ name }) => name))].filter((name) =>
    parts.some((part) => part.name === name && part.value > 0),
  )
}

const sumOf = ({ parts }: Bar) => parts.reduce((sum, { value }) => sum + value, 0)
const place = (value: number) => value.toFixed(1)
const figureOf = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
const numberText = (value: number, step: number) => value.toFixed(Math.max(0, -Math.floor(Math.log10(step))))

/** 1, 2 or 5 times a power of ten, not below `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10)
}
