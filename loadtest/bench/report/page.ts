import type { Report } from './report.ts'
import { COLUMNS, cellsOf, goalText } from './table.ts'

const STYLE = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
  body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; display: block; overflow-x: auto }
  th, td { padding: .3rem .7rem; text-align: right; border-bottom: 1px solid #8884; white-space: nowrap }
  th:first-child, td:first-child { text-align: left }
  .bar { display: flex; align-items: center; gap: .6rem; margin: .3rem 0 }
  .bar > b { width: 7rem; font-weight: normal }
  .bar > i { display: block; height: 1.2rem; background: #3b82f6 }
  .bar > i.redis { background: #ef4444; margin-left: -.6rem }
  dt { font-weight: 600 } dd { margin: 0 0 .4rem 0 }
`

/** The report as a page that needs nothing else. */
export function pageOf({ rows, goals, settings, disturbance, at }: Report): string {
  const widest = Math.max(...rows.map(({ all }) => all.median))
  const bars = rows.map(({ system, app, redis, all }) => {
    const part = (us: number, kind: string) =>
      `<i class="${kind}" style="width:${((us / widest) * 70).toFixed(2)}%"></i>`
    return `<div class="bar"><b>${system}</b>${part(app.median, 'app')}${part(redis.median, 'redis')}${all.median.toFixed(1)}</div>`
  })
  const head = COLUMNS.map((title) => `<th>${escaped(title)}</th>`).join('')
  const body = rows.map(
    (row) =>
      `<tr>${cellsOf(row)
        .map((cell) => `<td>${escaped(cell)}</td>`)
        .join('')}</tr>`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Baton's benchmark, ${at}</title>
<style>${STYLE}</style>
<h1>What a token costs</h1>
<p>${escaped(settings)}. ${escaped(disturbance)}<br>${at}</p>
<h2>CPU per token in µs: the system's process (blue) and Redis (red)</h2>
${bars.join('\n')}
<h2>All figures</h2>
<table><thead><tr>${head}</tr></thead><tbody>
${body.join('\n')}
</tbody></table>
<p>Medians over the rounds, ratios within a round. Deltas and bytes are per token. Latency is from the model's socket to the client's.</p>
<dl>
${rows.map(({ system, title }) => `<dt>${system}</dt><dd>${escaped(title)}</dd>`).join('\n')}
</dl>
${goals.map((goal) => `<p>${escaped(goalText(goal))}</p>`).join('\n')}
</html>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
