import { chartOf } from './chart.ts'
import type { Finding, Goal } from './finding.ts'
import { escaped } from './html.ts'
import type { Report } from './report.ts'

const STYLE = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; --line: #8884; --muted: #666; --good: #15803d; --bad: #b91c1c;
    --part-0: #2563eb; --part-1: #e5533d; --part-2: #d99a0b; background: #fff; color: #1a1a1a }
  @media (prefers-color-scheme: dark) { :root { --muted: #aaa; --good: #4ade80; --bad: #f87171; --part-0: #60a5fa; --part-1: #f0806c; --part-2: #eab84a;
    background: #16181c; color: #e8e8e8 } }
  body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
  h2 { margin: 3rem 0 .3rem; border-top: 1px solid var(--line); padding-top: 1rem }
  .about, .muted { color: var(--muted); font-size: .9rem }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem } dd { margin: 0 }
  .scroll { overflow-x: auto }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .85rem }
  th, td { padding: .3rem .5rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap }
  th:first-child, td:first-child { text-align: left }
  td.text { text-align: left; white-space: normal }
  td.reached { color: var(--good); text-align: left } td.missed { color: var(--bad); font-weight: 600; text-align: left }
  figure { margin: 1.2rem 0; max-width: 48rem } figcaption { font-weight: 600; font-size: .9rem }
  .legend { margin: .2rem 0; font-size: .8rem } .legend span { margin-right: 1rem } .legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .3rem; vertical-align: -1px }
  svg { width: 100%; height: auto; display: block }
  svg text { fill: currentColor; font-size: 12px; dominant-baseline: central; font-variant-numeric: tabular-nums }
  svg .label { text-anchor: end } svg .tick { text-anchor: middle; fill: var(--muted); font-size: 11px }
  svg .grid { stroke: var(--line); fill: none } svg .range { stroke: currentColor; stroke-width: 1.2; fill: none }
`

/** The report as a page that needs nothing else. */
export function pageOf({ at, machine, skipped, findings }: Report): string {
  const goals = findings.flatMap((finding) => finding.goals)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Baton's benchmark, ${at.slice(0, 10)}</title>
<style>${STYLE}</style>
<h1>Baton’s benchmark</h1>
<p>${escaped(machine)}<br><span class="muted">${at}</span></p>
${skipped.map((reason) => `<p class="muted">${escaped(reason)}</p>`).join('\n')}
${goals.length > 0 ? `<h2>Goals</h2>\n<div class="scroll"><table><tbody>\n${goals.map(goalRow).join('\n')}\n</tbody></table></div>` : ''}
${findings.map(section).join('\n')}
</html>
`
}

function section({ title, about, columns, rows, charts, terms = [], faults }: Finding): string {
  return `<h2>${escaped(title)}</h2>
<p class="about">${escaped(about)}</p>
${terms.length > 0 ? `<dl class="about">${terms.map((term) => `<dt>${escaped(term.name)}</dt><dd>${escaped(term.title)}</dd>`).join('')}</dl>` : ''}
${charts.map(chartOf).join('\n')}
<div class="scroll"><table><thead><tr>${columns.map((name) => `<th>${escaped(name)}</th>`).join('')}</tr></thead><tbody>
${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('\n')}
</tbody></table></div>
${faults > 0 ? `<p><strong>${faults} faults: text was lost, doubled or wrong, or requests failed. The figures are worth nothing.</strong></p>` : ''}`
}

function goalRow({ text, value, limit }: Goal): string {
  const isReached = value <= limit
  return `<tr><td class="${isReached ? 'reached' : 'missed'}">${isReached ? 'reached' : 'not reached'}</td><td>${value.toFixed(2)}</td><td>at most ${limit}</td><td class="text">${escaped(text)}</td></tr>`
}
