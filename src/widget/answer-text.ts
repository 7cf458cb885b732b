import type { Strings } from './locales/strings.ts'
import type { StreamedMarkdown } from './streamed-markdown.ts'
import { withRetries } from './with-retries.ts'

/** An answer's text on the page, while it grows and when it is whole. */
export type AnswerText = Pick<StreamedMarkdown, 'update' | 'finish'>

let Markdown: typeof StreamedMarkdown | null = null
let loading: Promise<void> | null = null

/** What reads markdown is loaded after the chat, which is seen before there is an answer. Null where it is there. */
export function loadMarkdown(): Promise<void> | null {
  if (Markdown !== null) return null
  loading ??= withRetries(() => import('./streamed-markdown.ts')).then(
    (loaded) => {
      Markdown = loaded.StreamedMarkdown
    },
    () => {}, // answers stay as they are written
  )
  return loading
}

export function answerText(container: HTMLElement, strings: Strings): AnswerText {
  container.classList.toggle('raw', Markdown === null)
  return Markdown === null ? asWritten(container) : new Markdown(container, strings)
}

function asWritten(container: HTMLElement): AnswerText {
  const show = (text: string) => {
    container.textContent = text
  }
  return { update: show, finish: show }
}
