import { html, nothing, type TemplateResult } from 'lit'
import type { ClientState } from '../client/index.ts'
import { CLIP, CLOSE, DOWN, icon, LIST, NEW, SEND, STOP } from './icons.ts'
import { composes } from './keys.ts'
import type { Locale } from './locales/index.ts'
import type { Strings } from './locales/strings.ts'
import { isEmpty } from './questions.ts'

/** All that the frame around the messages shows. */
export interface ChatModel {
  readonly locale: Locale
  readonly state: ClientState
  readonly heading: string | null
  readonly assistant: string | null
  readonly avatar: string | null
  /** What can be asked by a press of a button now. */
  readonly questions: readonly string[]
  readonly closable: boolean
  /** Why the last thing that was tried did not work; empty where there is nothing to say. */
  readonly problem: string
  /** What was just done, for who does not see it; empty after a moment. */
  readonly said: string
  /** There has been no connection for a while. */
  readonly unreachable: boolean
  readonly loadingOlder: boolean
  readonly following: boolean
  /** There is something to send. */
  readonly hasDraft: boolean
  /** The files that go along with it; null where the site takes none. */
  readonly files: TemplateResult | null
  readonly hasPast: boolean
  /** The other conversations, over the present one; null while they are not shown. */
  readonly past: TemplateResult | null
}

export interface ChatActions {
  dismiss(): void
  newConversation(): void
  /** Shows the other conversations, or the present one again. */
  toggleList(): void
  jump(): void
  stop(): void
  /** Tries to connect at once. */
  reconnect(): void
  /** Something was done that only eyes would notice. */
  said(event: CustomEvent<string>): void
  ask(question: string): void
  submit(event: Event): void
  typed(): void
  /** Files were chosen, pasted or dropped. */
  attach(files: FileList | null | undefined): void
}

/**
 * The chat's frame. What is in the log is not its own: `ConversationView` keeps that. The log is not live: what comes in there in many
 * pieces, screen readers say in any order, and more than once. What is worth saying is put beside it as one text.
 */
export function chatTemplate(model: ChatModel, act: ChatActions): TemplateResult {
  const { locale, state, assistant, closable, hasPast, past } = model
  const { strings } = locale
  const heading = model.heading ?? assistant ?? strings.title
  return html`
    <div
      class="root" part="root" dir=${locale.dir} lang=${locale.tag}
      @dragover=${(event: DragEvent) => model.files !== null && event.preventDefault()} @drop=${(event: DragEvent) => dropped(event, act)}
    >
      <header part="header" role="none">
        ${avatar(model)}
        <div class="heading">
          <h2 part="title"><slot name="title">${heading}</slot></h2>
          <p class="status" part="status" data-state=${state.connection}>
            <span class="dot" aria-hidden="true"></span>${status(model)}
          </p>
        </div>
        ${hasPast ? listButton(model, act) : nothing}
        ${iconButton('new', strings.newConversation, NEW, act.newConversation)}
        ${closable ? iconButton('close', strings.closeChat, CLOSE, act.dismiss) : nothing}
      </header>
      <p class="unseen" aria-live="polite">${doing(model)}</p>
      <p class="unseen said" aria-live="polite">${model.said}</p>
      <div class="under">
      <div class="talk" ?inert=${past !== null}>
      ${banner(model, act)}
      <div class="scroller" part="scroller" tabindex="0" role="group" aria-label=${heading}>
        <p class="earlier" ?hidden=${!model.loadingOlder}>${strings.earlier}</p>
        <div class=${isEmpty(state) ? 'content fresh' : 'content'}>
          <div class="greeting body" part="greeting" dir="auto" ?hidden=${!isAtStart(state)}></div>
          <div part="welcome" ?hidden=${!isEmpty(state)}><slot name="welcome"></slot></div>
          <div class="log" part="log" role="log" aria-live="off" aria-label=${strings.conversation} @said=${act.said}></div>
          ${questions(model, act)}
          <p class="ended" part="note" ?hidden=${state.ended === null}>
            ${state.ended === 'cleared' ? strings.cleared : strings.expired}
          </p>
        </div>
      </div>
      ${composer(model, act)}
      </div>
      <div
        class="list" part="list" role="region" tabindex="-1" aria-label=${strings.conversations} ?hidden=${past === null}
        @keydown=${(event: KeyboardEvent) => leave(event, act)}
      >${past}</div>
      </div>
    </div>
  `
}

function dropped(event: DragEvent, act: ChatActions): void {
  const files = event.dataTransfer?.files
  if (files === undefined || files.length === 0) return
  event.preventDefault() // else the browser leaves the page for the file
  act.attach(files)
}

/** Cells of a spreadsheet and paragraphs of a document come with a picture of them: then it is the words that are wanted. */
function pasted(event: ClipboardEvent, takesFiles: boolean, act: ChatActions): void {
  const data = event.clipboardData
  if (!takesFiles || data === null || data.files.length === 0) return
  // A file of a file manager comes with its name as plain text, and a web page's picture with HTML.
  const isText = data.types.includes('text/plain') && data.types.includes('text/html')
  // In Firefox the picture's address is the plain text, and the HTML has no words: a cell with an address has.
  const isPicture = ADDRESS.test(data.getData('text/plain')) && !hasWords(data.getData('text/html'))
  if (isPicture) event.preventDefault() // nobody wants the address beside it
  if (isPicture || !isText) act.attach(data.files)
}

const ADDRESS = /^\s*(https?|data|blob):\S+\s*$/
const hasWords = (html: string) => html.replace(/<[^>]*>/g, '').trim() !== ''

function attachButton(label: string, act: ChatActions): TemplateResult {
  const chosen = ({ target }: Event) => {
    const input = target as HTMLInputElement
    act.attach(input.files)
    input.value = ''
  }
  return html`<label class="icon attach" part="attach" title=${label}>
    ${icon(CLIP)}<input class="unseen" type="file" multiple aria-label=${label} @change=${chosen}>
  </label>`
}

function pressed(event: KeyboardEvent, act: ChatActions): void {
  if (event.key === 'Enter' && !event.shiftKey && !composes(event)) act.submit(event)
}

/** Escape leads back to the conversation, and not yet out of the panel. */
function leave(event: KeyboardEvent, act: ChatActions): void {
  if (event.key !== 'Escape' || composes(event)) return
  event.preventDefault() // else a phone's panel closes
  event.stopPropagation()
  act.toggleList()
}

function listButton({ locale, past }: ChatModel, act: ChatActions): TemplateResult {
  const label = locale.strings.conversations
  return html`<button
    type="button" class="icon" part="conversations" aria-label=${label} title=${label} aria-expanded=${past !== null} @click=${act.toggleList}
  >${icon(LIST)}</button>`
}

/** The assistant's picture, or, where there is none or it cannot be had, the first letter of its name. */
function avatar({ assistant, avatar }: ChatModel): TemplateResult | typeof nothing {
  if (assistant === null && avatar === null) return nothing
  const [letter = ''] = (assistant ?? '').trim()
  return html`<span class="avatar" part="avatar" aria-hidden="true">
    ${letter.toLocaleUpperCase()}${avatar === null ? nothing : html`<img src=${avatar} alt="">`}
  </span>`
}

function questions({ questions, locale }: ChatModel, act: ChatActions): TemplateResult {
  const asks = questions.map((question) => {
    return html`<button type="button" class="question" part="question" dir="auto" @click=${() => act.ask(question)}>${question}</button>`
  })
  return html`<div class="questions" part="questions" role="group" aria-label=${locale.strings.suggestions} ?hidden=${asks.length === 0}>
    ${asks}
  </div>`
}

function composer({ locale, state, following, hasDraft, files }: ChatModel, act: ChatActions): TemplateResult {
  const { strings } = locale
  // While an answer streams, what is typed can be sent as well: it waits for its turn.
  return html`
    <footer part="footer" role="none">
      <button type="button" class="jump" part="jump" ?hidden=${following} @click=${act.jump}>
        ${icon(DOWN)}<span>${strings.jump}</span>
      </button>
      ${files}
      <form class="composer" part="composer" role="none" @submit=${act.submit}>
        ${files === null ? nothing : attachButton(strings.attach, act)}
        <textarea
          part="input" rows="1" dir="auto" autocomplete="off" enterkeyhint="send"
          aria-label=${strings.message} placeholder=${strings.placeholder}
          @input=${act.typed} @keydown=${(event: KeyboardEvent) => pressed(event, act)} @paste=${(event: ClipboardEvent) => pasted(event, files !== null, act)}
        ></textarea>
        <slot name="tools"></slot>
        <button
          type="button" class="round" part="stop" aria-label=${strings.stop} title=${strings.stop}
          ?hidden=${!state.answering} @click=${act.stop}
        >${icon(STOP)}</button>
        <button
          type="submit" class="round" part="send" aria-label=${strings.send} title=${strings.send}
          ?hidden=${state.answering && !hasDraft} ?disabled=${!hasDraft}
        >${icon(SEND)}</button>
      </form>
    </footer>
  `
}

/** A word stands for what the banner says below, and for what is longer than there is room in the header of a narrow panel. */
function status(model: ChatModel): TemplateResult {
  const words = statusOf(model)
  const isShort = words === '' || (words !== bannerOf(model)[1] && words !== model.locale.strings.reconnecting)
  const word = html`<span aria-hidden="true">${wordOf(model)}</span>`
  return html`<span role="status" class=${isShort ? '' : 'unseen'}>${words}</span>${isShort ? nothing : word}`
}

function banner(model: ChatModel, act: ChatActions): TemplateResult {
  const [kind, text] = bannerOf(model)
  const { strings } = model.locale
  const retry = html`<button type="button" class="link" part="link" @click=${act.reconnect}>${strings.retry}</button>`
  const canRetry = text === strings.unreachable || text === strings.refused
  return html`<p class="banner ${kind}" part="banner" ?hidden=${text === ''}>${text} ${canRetry ? retry : nothing}</p>`
}

function bannerOf({ problem, unreachable, state, locale }: ChatModel): [kind: string, text: string] {
  const { connection, backend, session } = state
  const { strings } = locale
  if (problem !== '') return ['bad', problem]
  if (connection === 'offline') return ['', offlineText(state, strings)]
  if (unreachable) return ['', strings.unreachable]
  return ['', backend === 'memory' && session !== null ? strings.notSafe : '']
}

function statusOf({ problem, unreachable, locale: { strings }, state }: ChatModel): string {
  const { connection } = state
  if (problem !== '') return problem
  if (connection === 'online') return strings.connected
  if (connection === 'idle') return ''
  if (connection === 'offline') return offlineText(state, strings)
  if (unreachable) return strings.unreachable
  return connection === 'reconnecting' ? strings.reconnecting : strings.connecting
}

function wordOf({ locale: { strings }, state: { connection } }: ChatModel): string {
  if (connection === 'online') return strings.connected
  return connection === 'offline' ? strings.notConnected : strings.connecting
}

/** What goes on, for who does not see it: each change of it is read out once. It differs from what is seen: Orca passes over a repetition. */
function doing({ locale: { strings }, state: { activity, answering } }: ChatModel): string {
  if (activity !== null) return `${strings.assistant}: ${strings[activity.kind]}`
  return answering ? strings.answering : ''
}

function offlineText({ error }: ClientState, strings: Strings): string {
  return error !== null && !error.retryable ? strings.refused : strings.offline
}

function isAtStart({ messages }: ClientState): boolean {
  return messages.length === 0 || messages[0]?.seq === 1
}

function iconButton(part: string, label: string, drawing: string, onClick: () => void): TemplateResult {
  return html`<button type="button" class="icon" part=${part} aria-label=${label} title=${label} @click=${onClick}>
    ${icon(drawing)}
  </button>`
}
