import type { Finding, Goal } from './finding.ts'

const WIDTH = 118

/** A finding for the terminal. */
export function findingText({ title, about, columns, rows, terms = [] }: Finding): string {
  const meanings = terms.map((term) => `  ${term.name.padEnd(10)}${term.title}`)
  const heading = [title, '='.repeat(title.length), wrapped(about), ...meanings]
  return `${heading.join('\n')}\n\n${tableOf(columns, rows)}`
}

export function goalText({ text, value, limit }: Goal): string {
  return `${value <= limit ? 'reached    ' : 'NOT REACHED'}  ${value.toFixed(2)}, to be at most ${limit}: ${text}`
}

function tableOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [columns, ...rows]
  const widths = columns.map((_, i) => Math.max(...lines.map((cells) => (cells[i] ?? '').length)))
  return lines
    .map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))))
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n')
}

function wrapped(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + 1 + word.length > WIDTH) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join('\n')
}
