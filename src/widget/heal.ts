/** Where a run of text begins anew: emphasis and links reach over none of these. */
const BOUNDARY = /\n[ \t]*\n|\n(?=[ \t]*(?:[-*+]|\d{1,9}[.)]|#{1,6}|>)[ \t])|\n(?=\|)/g
/** A last line that is only the beginning of a mark: of a heading, list item, quotation, rule, fence or task. */
const BEGUN = /^[ \t]*(?:>[ \t]*)*(?:#{1,6}|[-+*=_]+|\d{1,9}[.)]?|>|`{1,2}|~{1,2}|\||[-*+][ \t]+\[[ xX]?\]?)?$/
/** A table's first line, while the line below, which makes it one, is not whole. */
const TABLE_BEGUN = /(?:^|\n)\|[^\n]*(?:\n\|?[\s:|-]*)?$/
/** A line that begins or ends a block of code, also in items and quotations: what stands before, the fence, what follows. */
const FENCE = /^((?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*)(`{3,}|~{3,})(.*)$/gm
const OPEN_LINK = /!?\[([^[\]\n]*)(?:\](?:\([^()\n]*)?)?$/
const OPEN_REFERENCE = /&(?:#?\w{0,8})$/

/**
 * The markdown of a block that is still being written, as it will most likely go on: marks that were opened are closed, and those of
 * which only a part has come are left out. So a reader sees words, and hardly ever a sign that is taken away again.
 */
export function healed(block: string): string {
  if (isInFence(block)) return block
  const whole = withoutBegunTable(withoutBegunLine(block))
  let start = 0
  for (const { index, 0: found } of whole.matchAll(BOUNDARY)) start = index + found.length
  if (whole[start] === '|') start = Math.max(start, whole.lastIndexOf('|') + 1)
  return whole.slice(0, start) + healedRun(whole.slice(start))
}

function withoutBegunLine(block: string): string {
  const end = Math.max(0, block.lastIndexOf('\n'))
  const line = withoutLast(block.slice(end).replace('\n', ''), ' \t')
  return BEGUN.test(line) ? block.slice(0, end) : block
}

/** Of a block of code that is open, only a fence as long as its own, and not indented as code in it, is the end. */
function isInFence(block: string): boolean {
  let open: { fence: string; column: number } | null = null
  for (const [, before = '', fence = '', after = ''] of block.matchAll(FENCE)) {
    const isAlone = /^[ \t>]*$/.test(before) && after.trim() === ''
    if (open === null) open = fence.startsWith('`') && after.includes('`') ? null : { fence, column: before.length }
    else if (isAlone && fence.startsWith(open.fence) && before.length < open.column + 4) open = null
  }
  return open !== null
}

function withoutBegunTable(block: string): string {
  const last = block.split(/\n[ \t]*\n/).at(-1) ?? ''
  const rows = last.split('\n').filter((line) => line.startsWith('|'))
  if (rows.length > 2 || isTable(rows)) return block
  return block.slice(0, block.length - last.length) + last.replace(TABLE_BEGUN, '')
}

/** The second line has as many columns as the first, and is whole. */
function isTable([head = '', rule = '']: readonly string[]): boolean {
  const columns = (row: string) => row.replace(/^\||\|[ \t]*$/g, '').split('|').length
  return /^\|(?:[ \t]*:?-+:?[ \t]*(?:\||$))+$/.test(rule) && columns(rule) >= columns(head)
}

function healedRun(run: string): string {
  const cut = run
    .replace(OPEN_LINK, (link, words, at) => (marksOf(run.slice(0, at)).code === '' ? words : link))
    .replace(OPEN_REFERENCE, '')
    .replace(/<(https?:[^<>\s]*)$/, '$1')
    .replace(/\\$/, '')
  const { open, code, codeAt } = marksOf(cut)
  if (cut.slice(codeAt + code.length).trim() !== '') return cut + code + closing(open)
  const shown = cut.slice(0, codeAt)
  const words = withoutLast(shown, '*_~')
  if (words === shown) return open.length === 0 ? shown : shown.trimEnd() + closing(open)
  // What stood at the end may have been an opening, or half of a closing: it is counted anew without it.
  const again = marksOf(words)
  return words.trimEnd() + closing(again.open)
}

/** `text` without those of `signs` that end it. A regular expression would look for its end from each sign of a long run. */
export function withoutLast(text: string, signs: string): string {
  let end = text.length
  while (end > 0 && signs.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

function closing(open: readonly string[]): string {
  return open.toReversed().join('')
}

/** The emphasis that is open at the end of a run, from the outside in, and the sign of a piece of code that is, and where that begins. */
function marksOf(run: string): { open: string[]; code: string; codeAt: number } {
  const open: string[] = []
  let code = ''
  let codeAt = 0
  for (const { 0: found, index } of run.matchAll(/\\`+|\\.|`+|\*+|_+|~~/g)) {
    if (code !== '') {
      // In code a backslash is one itself.
      if (found.replace('\\', '') === code) code = ''
      continue
    }
    const sign = found.replace(/^\\./, '')
    if (sign === '') continue
    if (sign.startsWith('`')) {
      code = sign
      codeAt = index + found.length - sign.length
      continue
    }
    const [before = ' ', after = ' '] = [run[index - 1], run[index + sign.length]]
    const closes = /\S/.test(before) && open.length > 0
    if (closes && closed(open, sign)) continue
    const opens = /\S/.test(after) && (/[\s\p{P}\p{S}]/u.test(before) || !sign.startsWith('_'))
    if (opens && sign.length <= 3) open.push(...(sign.length === 3 ? [sign.slice(0, 2), sign.slice(0, 1)] : [sign]))
  }
  return { open, code, codeAt: code === '' ? run.length : codeAt }
}

/** Takes off `open` what `sign` closes; false where it closes nothing. */
function closed(open: string[], sign: string): boolean {
  const top = open.at(-1) ?? ''
  if (top === sign) return open.pop() !== undefined
  if (!sign.startsWith(top)) return false
  const next = open.at(-2) ?? ''
  if (top + next !== sign) return false
  open.splice(-2)
  return true
}
