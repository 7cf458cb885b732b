/** The page at `/`: the widget, as anybody may embed it, and beside it, where there is one, the stage (W5). */
import type { BatonChat } from '../widget/index.ts'
import { byId } from './element.ts'
import { Stage } from './stage/stage.ts'

await customElements.whenDefined('baton-chat')
const chat = byId('chat', HTMLElement) as BatonChat
await chat.updateComplete

const ask = (question: string): void => {
  chat.send(question).catch(() => {}) // one that fails says so in the chat, with what can be done
}

byId('examples', HTMLElement).addEventListener('click', ({ target }) => {
  if (!(target instanceof HTMLButtonElement)) return
  ask(target.textContent ?? '')
  chat.focusGently()
})

const { client } = chat
if (client !== null && document.documentElement.hasAttribute('data-stage')) {
  new Stage(client, byId('stage', HTMLElement), ask)
}
// On a phone the keyboard would cover half of the page before anything was read.
if (matchMedia('(hover: hover)').matches) chat.focus()
