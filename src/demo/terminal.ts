import { styleText } from 'node:util'

export type Colour = 'cyan' | 'magenta' | 'yellow' | 'green' | 'red'
const COLOURS: readonly Colour[] = ['cyan', 'magenta', 'yellow', 'green']
const WIDEST = 100

/** The terminal: an answer that streams, with the replica that writes it at the left of every line. Plain where it is no terminal. */
export class Terminal {
  readonly #colours = new Map<string, Colour>()
  readonly #width: number
  /** Columns written in the present line; 0 at its start. */
  #column = 0
  #writer = ''

  constructor(replicas: readonly string[]) {
    this.#width = Math.min(process.stdout.columns || WIDEST, WIDEST)
    for (const [i, replica] of replicas.entries()) this.#colours.set(replica, COLOURS[i % COLOURS.length] ?? 'cyan')
  }

  get width(): number {
    return this.#width
  }

  paint(replica: string, text: string): string {
    return styleText(this.#colours.get(replica) ?? 'cyan', text)
  }

  /** A line of its own. */
  line(text = ''): void {
    this.endLine()
    process.stdout.write(`${text}\n`)
  }

  /** Ends a line that has begun. */
  endLine(): void {
    if (this.#column > 0) process.stdout.write('\n')
    this.#column = 0
  }

  /** A piece of the answer, written by `replica`. */
  stream(replica: string, piece: string): void {
    if (replica !== this.#writer) this.endLine()
    this.#writer = replica
    for (const part of piece.match(/\n|[^\S\n]+|\S+/gu) ?? []) this.#write(replica, part)
  }

  #write(replica: string, part: string): void {
    if (part === '\n') {
      if (this.#column === 0) this.#startLine(replica)
      this.endLine()
      return
    }
    if (this.#column > 0 && this.#column + part.length > this.#width) this.endLine()
    if (this.#column === 0) this.#startLine(replica)
    process.stdout.write(this.paint(replica, part))
    this.#column += part.length
  }

  #startLine(replica: string): void {
    const gutter = `${replica} ┃ `
    process.stdout.write(this.paint(replica, gutter))
    this.#column = gutter.length
  }
}
