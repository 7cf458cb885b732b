/** `npm run demo:svg`: runs the demo and draws what its terminal showed as an SVG, for the README. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readUsage } from './usage.mjs'

const root = join(import.meta.dirname, '..')

const USAGE = `npm run demo:svg [-- <file>]

Runs the demo and draws what its terminal showed as an SVG: docs/img/demo.svg, or the file that is named.
`
const { positionals } = readUsage(USAGE, { most: 1 })

/** An answer that anyone can check by eye: no number is missing or doubled where it changes hands. */
const QUESTION = 'Count from 1 to 120'

const COLOURS: Readonly<Record<string, string>> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  35: '#d2a8ff',
  36: '#76e3ea',
}
const PAPER = '#0d1117'
const INK = '#c9d1d9'
const FAINT = '#8b949e'
/** Of the terminal's characters, in pixels. */
const FONT = { size: 13, column: 7.8, line: 18 }
const MARGIN = 20

const ESCAPE = String.fromCharCode(27)
const CODE = new RegExp(`^${ESCAPE}\\[(\\d*)m$`)
const CODES = new RegExp(`(${ESCAPE}\\[\\d*m)`)
/** How the stack comes up: ports are of no interest in a picture. */
const START_UP = new RegExp(`^${ESCAPE}\\[2m {2}\\w+ +(ready|waiting)`)

/** A piece of a line that looks alike. */
interface Run {
  text: string
  readonly style: string
}

const file = positionals[0] ?? join(root, 'docs/img/demo.svg')
const shown = execFileSync(process.execPath, [join(root, 'dist/demo/main.js'), QUESTION], {
  env: { ...process.env, FORCE_COLOR: '1', LLM_API: 'responses' },
  encoding: 'utf8',
})
const lines = shown.split('\n').filter((line) => !START_UP.test(line))
writeFileSync(file, draw(lines.join('\n').trimEnd().split('\n')))
console.log(file)

function draw(lines: readonly string[]): string {
  const widest = Math.max(...lines.map((line) => runsOf(line).reduce((sum, { text }) => sum + text.length, 0)))
  const [width, height] = [Math.ceil(widest * FONT.column) + 2 * MARGIN, lines.length * FONT.line + 2 * MARGIN]
  const rows = lines.map((line, i) => row(line, MARGIN + (i + 0.8) * FONT.line))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The terminal of npm run demo">
<rect width="100%" height="100%" rx="8" fill="${PAPER}"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="${FONT.size}" fill="${INK}">
${rows.filter((row) => row !== '').join('\n')}
</g>
</svg>
`
}

/** Each run has a place and a length of its own: fonts differ in how wide they draw what is not a letter. */
function row(line: string, y: number): string {
  let column = 0
  const spans = runsOf(line).map(({ text, style }) => {
    const place = `x="${(MARGIN + column * FONT.column).toFixed(1)}" textLength="${(text.length * FONT.column).toFixed(1)}"`
    column += text.length
    return `<tspan ${place} ${style}>${escaped(text)}</tspan>`
  })
  return spans.length === 0 ? '' : `<text y="${y.toFixed(1)}">${spans.join('')}</text>`
}

function runsOf(line: string): readonly Run[] {
  const runs: Run[] = []
  let [colour, bold, dim] = [INK, false, false]
  for (const part of line.split(CODES)) {
    const code = CODE.exec(part)?.[1]
    if (code === undefined) {
      const style = `fill="${dim ? FAINT : colour}"${bold ? ' font-weight="bold"' : ''}`
      const last = runs.at(-1)
      if (part !== '' && last?.style === style) last.text += part
      else if (part !== '') runs.push({ text: part, style })
    } else if (code === '1') bold = true
    else if (code === '2') dim = true
    else if (code === '22') [bold, dim] = [false, false]
    else colour = COLOURS[code] ?? INK
  }
  return runs
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(' ', '\u00a0') // which are not collapsed
}
