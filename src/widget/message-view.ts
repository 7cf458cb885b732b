import { failureOf } from '../client/errors.ts'
import type { ClientError, Message, Outgoing } from '../client/index.ts'
import { type Activity, ActivityView, folded } from './activity-view.ts'
import { type AnswerText, answerText } from './answer-text.ts'
import { shownOf } from './attachments.ts'
import { copyButton } from './copy-button.ts'
import { button, element, iconButton, say } from './element.ts'
import { folding } from './folding.ts'
import { AGAIN } from './icons.ts'
import { filled, type Locale } from './locales/index.ts'
import type { Strings } from './locales/strings.ts'
import { sourceCards } from './sources.ts'
import { type Rating, thumbs } from './thumbs.ts'

/** Characters of an answer that are said. */
const LONG = 20_000
/** No visitor waits for longer: then it is no use to say how long. */
const LONGEST_WAIT_MS = 7 * 86_400_000
/** Of time, with their seconds. */
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

export interface MessageActions {
  regenerate(): void
  /** Asks for the rest of an answer that was cut off. */
  goOn(): void
  retry(id: string): void
  discard(id: string): void
  /** Null where the site does not ask what an answer is worth. */
  readonly rate: ((message: Message, rating: Rating) => void) | null
}

/** One message as an `article`. It touches the page only where the message changed. */
export class MessageView {
  readonly id: string
  readonly element: HTMLElement
  readonly #locale: Locale
  readonly #actions: MessageActions
  readonly #quiet: boolean
  readonly #body = element('div', 'body')
  readonly #foot = element('footer', 'foot')
  #text: AnswerText | null = null
  #shown: Message | Outgoing | null = null
  #shownLast = false
  #activity: ActivityView | null = null
  #shownActivity: Activity | null = null
  #reasoning: HTMLElement | null = null
  #thumbs: HTMLElement[] | null = null

  /** `quiet`: it was there before, and is not said. */
  constructor(id: string, locale: Locale, actions: MessageActions, quiet: boolean) {
    this.id = id
    this.#quiet = quiet
    this.#locale = locale
    this.#actions = actions
    this.#body.dir = 'auto'
    this.element = element('article', '', this.#body, this.#foot)
    if (!quiet) this.#arrive()
  }

  /** `isLast`: it is the last message of the session, so its answer can be made again. `activity`: what goes on with it. */
  show(message: Message | Outgoing, isLast: boolean, activity: Activity | null = null): void {
    this.#showActivity(activity)
    if (isSame(message, this.#shown) && isLast === this.#shownLast) return
    const before = this.#shown
    this.#shown = message
    this.#shownLast = isLast
    if (!('seq' in message)) this.#showOutgoing(message, before)
    else if (message.role === 'assistant') this.#showAnswer(message, before, isLast)
    else this.#showOwn(message)
  }

  /** Moves into its place: once, not whenever the panel is opened again. */
  #arrive(): void {
    this.element.dataset.new = ''
    this.element.addEventListener('animationend', () => this.element.removeAttribute('data-new'), { once: true })
  }

  #showActivity(activity: Activity | null): void {
    if (activity === this.#shownActivity) return
    this.#shownActivity = activity
    this.element.toggleAttribute('data-busy', activity !== null)
    if (activity === null) {
      this.#activity?.element.remove()
      this.#activity = null
      return
    }
    this.#activity ??= new ActivityView(this.#locale.strings)
    this.#activity.show(activity)
    if (!this.#activity.element.isConnected) this.#body.after(this.#activity.element)
  }

  #showOwn(message: Message): void {
    this.#dress('user', message.status)
    const { text, files } = shownOf(message, this.#locale.strings)
    this.#setText(text)
    this.#foot.replaceChildren(...files, ...folding(this.#body, this.#locale.strings), this.#timeOf(message))
  }

  #showOutgoing({ id, content, metadata = {}, status, error }: Outgoing, before: Message | Outgoing | null): void {
    const { strings } = this.#locale
    this.#dress('user', status)
    const { text, files } = shownOf({ content, metadata }, strings)
    this.#setText(text)
    if (error === null) this.#foot.replaceChildren(...files, element('span', 'note', strings.waiting))
    else {
      const words = filled(strings.notSent, reasonOf(error, strings))
      const note = element('span', 'note bad', words)
      note.title = error.message // for the site's developers
      this.#foot.replaceChildren(
        ...files,
        note,
        ...(error.retryable ? [button('link', strings.retry, () => this.#actions.retry(id))] : []),
        button('link', strings.discard, () => this.#actions.discard(id)),
      )
      const isKnown = before !== null && 'error' in before && before.error === error
      if (!isKnown) say(this.element, words)
    }
  }

  #showAnswer(message: Message, before: Message | Outgoing | null, isLast: boolean): void {
    const streams = message.status === 'streaming'
    this.#dress('assistant', message.status)
    this.element.ariaBusy = streams ? 'true' : null
    const isNew = before === null || before.content !== message.content
    if (streams || isNew) this.#text ??= answerText(this.#body, this.#locale.strings)
    if (streams) this.#text?.update(message.content)
    else {
      this.#text?.finish(message.content)
      this.#text = null
    }
    this.#foot.replaceChildren(...(streams ? [] : this.#footOf(message, isLast)))
    this.#showReasoning(message)
    const hasCome = before === null ? !this.#quiet : 'seq' in before && before.status === 'streaming'
    if (!streams && hasCome) this.#sayAnswer(message)
  }

  /** How it ended comes first: that is short, and the rest may be long. */
  #sayAnswer(message: Message): void {
    const { content } = message
    const ending = outcomeOf(message, this.#locale).map(({ textContent }) => textContent)
    // biome-ignore lint/performance/useDomNodeTextContent: what is a line of its own is told only by how it looks
    const words = content.length > LONG ? content.slice(0, LONG) : this.#body.innerText
    say(this.element, `${this.#locale.strings.assistant}: ${[...ending, words].join('\n')}`)
  }

  /** What the model thought, where that was stored (F7). */
  #showReasoning({ metadata: { reasoning } }: Message): void {
    const words = typeof reasoning === 'string' ? reasoning : ''
    if (words === (this.#reasoning?.lastChild?.textContent ?? '')) return
    this.#reasoning?.remove()
    this.#reasoning = words === '' ? null : folded(this.#locale.strings.reasoning, words)
    if (this.#reasoning !== null) this.#body.before(this.#reasoning)
  }

  #setText(text: string): void {
    if (this.#body.textContent !== text) this.#body.textContent = text
  }

  #dress(role: 'assistant' | 'user', status: string): void {
    const { strings } = this.#locale
    this.element.className = `message ${role} ${status}`
    this.element.setAttribute('part', `message message-${role}`)
    this.element.ariaLabel = role === 'assistant' ? strings.assistant : strings.you
  }

  #footOf(message: Message, isLast: boolean): Node[] {
    const { strings } = this.#locale
    const { metadata, content } = message
    const failed = message.status === 'error' && content.trim() === ''
    const copy = copyButton('action', failed ? strings.copyDetails : strings.copy, strings.copied, () =>
      failed ? detailsOf(message) : content,
    )
    return [
      ...outcomeOf(message, this.#locale),
      ...(isLast && isCutOff(message) ? [button('link', strings.goOn, () => this.#actions.goOn())] : []),
      ...sourceCards(metadata.sources, strings),
      ...(content.trim() === '' && !failed ? [] : [copy]),
      ...(isLast ? [iconButton('action', strings.regenerate, AGAIN, () => this.#actions.regenerate())] : []),
      ...this.#thumbsOf(message),
      this.#timeOf(message),
    ]
  }

  #thumbsOf({ content }: Message): HTMLElement[] {
    const { rate } = this.#actions
    if (rate === null || content.trim() === '') return []
    this.#thumbs ??= thumbs(this.#locale.strings, (rating) => {
      if (this.#shown !== null && 'seq' in this.#shown) rate(this.#shown, rating)
    })
    return this.#thumbs
  }

  #timeOf({ createdAt }: Message): HTMLElement {
    const date = new Date(createdAt)
    const today = date.toDateString() === new Date().toDateString()
    const time = element('time', 'time', formatOf(this.#locale.tag, today).format(date))
    time.dateTime = createdAt
    time.title = formatOf(this.#locale.tag, false).format(date)
    return time
  }
}

/** What waits to be sent is told as a new object each time: its buttons stay, so that they can be pressed while an answer streams. */
function isSame(message: Message | Outgoing, shown: Message | Outgoing | null): boolean {
  if (message === shown) return true
  return shown !== null && 'error' in message && 'error' in shown && message.error === shown.error
}

/** Why a message was not sent, for the one who wrote it. */
export function reasonOf(error: ClientError, strings: Strings): string {
  if (error.code === 'too_large') return strings.tooLong
  if (error.code === 'rate_limited') return strings.tooMany
  if (error.code === 'overloaded' || error.code === 'answer_in_progress') return strings.busy
  if (error.code === 'quota_exceeded') return strings.usedUp
  return error.retryable ? strings.busy : strings.notAccepted
}

/** How an answer ended, where that is not as it should. */
function outcomeOf(message: Message, locale: Locale): Node[] {
  const { strings } = locale
  const { status, content, metadata } = message
  if (status === 'error') return [brokenNote(message, locale)]
  if (status === 'stopped') return [element('span', 'note', strings.stopped)]
  if (metadata.finish_reason === 'content_filter') return [element('span', 'note', strings.filtered)]
  if (isCutOff(message)) return [element('span', 'note', strings.cutOff)]
  return content.trim() === '' ? [element('span', 'note', strings.empty)] : []
}

function isCutOff({ status, metadata }: Message): boolean {
  return status === 'complete' && metadata.finish_reason === 'length'
}

function brokenNote(message: Message, { tag, strings }: Locale): HTMLElement {
  const { retryAfterMs } = (message.metadata.error ?? {}) as { retryAfterMs?: unknown }
  const waits = typeof retryAfterMs === 'number' && retryAfterMs > 0 && retryAfterMs < LONGEST_WAIT_MS
  const why = message.content.trim() === '' ? strings.failedEmpty : strings.broken
  const words = waits ? filled(strings.brokenWait, timeIn(tag, Math.ceil(retryAfterMs / 1000))) : why
  const note = element('span', 'note bad', words)
  note.title = failureOf(message)
  return note
}

/** What the site's developers need to find out why. */
function detailsOf({ id, createdAt, metadata }: Message): string {
  return JSON.stringify({ message: id, createdAt, error: metadata.error, replicas: metadata.replicas })
}

/** In the largest unit that there are more than two of, rounded up, with the word's own plural. */
function timeIn(tag: string, seconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => seconds > 2 * size) ?? ['second', 1]
  return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.ceil(seconds / size))
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(tag: string, timeOnly: boolean): Intl.DateTimeFormat {
  const key = `${tag} ${timeOnly}`
  let format = formats.get(key)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(tag, { ...(!timeOnly && { dateStyle: 'medium' }), timeStyle: 'short' })
    formats.set(key, format)
  }
  return format
}
