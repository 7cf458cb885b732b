import type { Token } from 'marked'
import { colourCode } from './code-block.ts'
import { healed, withoutLast } from './heal.ts'
import type { Strings } from './locales/strings.ts'
import { lex } from './markdown.ts'
import { nodesOf } from './markdown-dom.ts'
import { isSameKind, patch, takePlace } from './patch.ts'

/** After a rendering that took a millisecond the next one waits ten: long blocks are shown less often instead of freezing the page. */
const REST_FACTOR = 10
/** Renderings faster than this need no rest: there is one a frame anyway. */
const FREE_MS = 1.5
/** Characters; what is longer is not put on the page anew at its end. */
const LONG = 20_000
/** What a link elsewhere in the text may refer to. */
const DEFINITION = /^ {0,3}\[[^[\]]+\]:/m
const FENCE_BEGUN = /\n {0,3}(?:`{1,2}|~{1,2})$/
const FENCE = /(?:^|\n) {0,3}(?:`{3}|~{3})/

/**
 * The markdown of an answer while it grows. Blocks that can change no more are left alone; only the last two are rendered again, and
 * only what is new in them touches the page, so that a frame costs the same at the end of a long answer as at its start. No block is
 * ever moved: that would take the focus and the selection of a reader out of it. Text that comes
 * for a code block that is still open is only appended. What depends on the whole text (reference links) is settled by `finish`,
 * which puts all of it there anew, unless that would take long.
 */
export class StreamedMarkdown {
  readonly #container: HTMLElement
  readonly #strings: Strings
  #text = ''
  /** How much of the text is in blocks that are done. */
  #settled = 0
  /** How many nodes on the page these are; what follows is of blocks that may still change. */
  #done = 0
  /** The text of the code block that the text ends in, while it is open. */
  #openCode: Text | null = null
  #restUntil = 0
  #resting: ReturnType<typeof setTimeout> | undefined
  #next = ''

  constructor(container: HTMLElement, strings: Strings) {
    this.#container = container
    this.#strings = strings
    container.replaceChildren()
  }

  /** `text`: the whole text so far. */
  update(text: string): void {
    this.#next = text
    if (text === this.#text || this.#resting !== undefined || this.#appendCode(text)) return
    const now = performance.now()
    if (now < this.#restUntil) {
      this.#resting = setTimeout(() => {
        this.#resting = undefined
        this.update(this.#next)
      }, this.#restUntil - now)
      return
    }
    this.#show(text)
    const took = performance.now() - now
    this.#restUntil = took < FREE_MS ? 0 : now + took * (1 + REST_FACTOR)
  }

  /** `text`: the whole text; it will not change. */
  finish(text: string): void {
    clearTimeout(this.#resting)
    if (text.length > LONG && this.#text !== '' && text.startsWith(this.#text) && !DEFINITION.test(text)) {
      setTimeout(() => this.#end(text)) // not in the frame that lays it out: each is long enough for a task of its own
    } else {
      patch(this.#container, nodesOf(lex(text), this.#strings))
      colourCode([this.#container])
    }
  }

  #end(text: string): void {
    patch(this.#container, nodesOf(lex(text.slice(this.#settled)), this.#strings), this.#done)
    colourCode([this.#container])
  }

  #show(text: string): void {
    if (!text.startsWith(this.#text)) this.#restart()
    this.#text = text
    const rest = text.slice(this.#settled)
    const tokens = lex(rest)
    const done = tokens.slice(0, firstOpen(tokens))
    const raw = done.map((token) => token.raw).join('')
    // The lexer may normalise what it reads (line ends, tabs): then `raw` does not tell where a block ends.
    if (raw !== '' && rest.startsWith(raw)) {
      this.#settle(nodesOf(done, this.#strings))
      this.#settled += raw.length
    }
    const tail = text.slice(this.#settled)
    const whole = healed(tail)
    patch(this.#container, nodesOf(whole === rest ? tokens : lex(whole), this.#strings), this.#done)
    this.#openCode = this.#findOpenCode(tokens.at(-1))
  }

  /** Mostly they are on the page already. */
  #settle({ childNodes }: DocumentFragment): void {
    const settled = [...childNodes].map((node) => {
      const shown = this.#container.childNodes[this.#done] ?? null
      this.#done++
      if (shown === null || !isSameKind(shown, node)) return takePlace(this.#container, node, shown)
      patch(shown, node)
      return shown
    })
    colourCode(settled.filter((node) => node instanceof Element))
  }

  #findOpenCode(last: Token | undefined): Text | null {
    if (last === undefined || !/^(?:`{3}|~{3})/.test(last.raw) || isClosed(last)) return null
    const text = this.#container.lastElementChild?.querySelector('code')?.lastChild
    if (!(text instanceof Text)) return null
    // The parser leaves the last line break out.
    text.data = withoutLast(text.data, '\n') + this.#text.slice(withoutLast(this.#text, '\n').length)
    return text
  }

  /** Whether it was enough to append what is new to the open code block. */
  #appendCode(text: string): boolean {
    const code = this.#openCode
    if (code === null || !text.startsWith(this.#text)) return false
    const lineStart = this.#text.lastIndexOf('\n') + 1
    if (FENCE.test(text.slice(lineStart)) || text.includes('\r', lineStart)) return false
    if (FENCE_BEGUN.test(text)) return true // it is shown with what comes next, or is the end of the code
    code.appendData(text.slice(this.#text.length))
    this.#text = text
    return true
  }

  #restart(): void {
    this.#settled = 0
    this.#done = 0
  }
}

/** Index of the first block that more text may change: the last but one, or the last after a closed code block or a table and a blank line. */
function firstOpen(tokens: readonly Token[]): number {
  const last = tokens.findLastIndex(({ type }) => type !== 'space')
  const before = tokens.slice(0, Math.max(0, last)).findLastIndex(({ type }) => type !== 'space')
  const token = tokens[before]
  if (token !== undefined && (isFence(token) || isEndedTable(token))) return last
  return Math.max(0, before)
}

function isFence({ type, raw }: Token): boolean {
  return type === 'code' && /^ {0,3}(?:`{3}|~{3})/.test(raw)
}

function isEndedTable({ type, raw }: Token): boolean {
  return type === 'table' && raw.endsWith('\n\n')
}

function isClosed({ raw }: Token): boolean {
  return /\n {0,3}(?:`{3,}|~{3,})[ \t]*\n*$/.test(raw)
}
