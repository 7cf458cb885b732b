import { element } from '../element.ts'

export interface Column<T> {
  readonly title: string
  readonly text: (row: T) => string
  readonly kind?: 'number' | 'id' | ''
  /** `warn` or `bad` where the value is. */
  readonly tone?: (row: T) => string
}

interface Line<T> {
  row: T
  readonly element: HTMLTableRowElement
  readonly cells: readonly HTMLTableCellElement[]
}

/** A table that is told its rows again and again: a row that stays is the same element, so that nobody loses a button under the finger. */
export class Table<T> {
  readonly #columns: readonly Column<T>[]
  readonly #keyOf: (row: T) => string
  readonly #actsOf: (row: () => T) => Node[]
  readonly #table: HTMLTableElement
  readonly #none: HTMLElement
  readonly #body = element('tbody', '')
  #lines = new Map<string, Line<T>>()

  constructor(
    place: HTMLElement,
    columns: readonly Column<T>[],
    keyOf: (row: T) => string,
    none: string,
    actsOf: (row: () => T) => Node[] = () => [],
  ) {
    this.#columns = columns
    this.#keyOf = keyOf
    this.#actsOf = actsOf
    const titles = columns.map(({ title, kind = '' }) => {
      const cell = element('th', kind, title)
      cell.scope = 'col'
      return cell
    })
    this.#none = element('p', 'none', none)
    this.#table = element(
      'table',
      '',
      element('thead', '', element('tr', '', ...titles, element('td', ''))),
      this.#body,
    )
    place.replaceChildren(this.#none, this.#table)
    this.show([])
  }

  show(rows: readonly T[]): void {
    const lines = new Map<string, Line<T>>()
    for (const row of rows) {
      const key = this.#keyOf(row)
      const line = this.#lines.get(key) ?? this.#lineFor(row)
      line.row = row
      this.#fill(line)
      lines.set(key, line)
    }
    const elements = [...lines.values()].map((line) => line.element)
    const isSame = elements.length === this.#lines.size && elements.every((one, i) => one === this.#body.children[i])
    if (!isSame) this.#body.replaceChildren(...elements)
    this.#lines = lines
    this.#table.hidden = rows.length === 0
    this.#none.hidden = rows.length > 0
  }

  #lineFor(row: T): Line<T> {
    const cells = this.#columns.map(({ title, kind = '' }) => {
      const cell = element('td', kind)
      cell.dataset.label = title
      return cell
    })
    const line: Line<T> = { row, cells, element: element('tr', '', ...cells) }
    line.element.append(element('td', 'acts', ...this.#actsOf(() => line.row)))
    return line
  }

  #fill({ row, cells }: Line<T>): void {
    this.#columns.forEach(({ text, kind = '', tone }, i) => {
      const cell = cells[i]
      const words = text(row)
      if (cell === undefined) return
      if (cell.textContent !== words) cell.textContent = words
      cell.className = [kind, tone?.(row) ?? ''].join(' ').trim()
    })
  }
}
