/** The chat page: the client SDK on one side, the elements of index.html on the other. */
import { BatonClient, ClientError, type ClientState } from '../client/index.ts'
import { ConversationView } from './conversation-view.ts'
import { byId } from './element.ts'
import { Stage } from './stage/stage.ts'

const PROBLEM_SHOWN_MS = 6000

const client = new BatonClient()

const composer = byId('composer', HTMLFormElement)
const input = byId('message', HTMLTextAreaElement)
const sendButton = byId('send', HTMLButtonElement)
const stopButton = byId('stop', HTMLButtonElement)
const jumpButton = byId('jump', HTMLButtonElement)
const connection = byId('connection', HTMLElement)
const status = byId('status', HTMLElement)

const conversation = new ConversationView(
  byId('log', HTMLElement),
  byId('scroller', HTMLElement),
  {
    regenerate: () => attempt(client.regenerate()),
    retry: (id) => client.retry(id),
    discard: (id) => client.discard(id),
  },
  (following) => {
    jumpButton.hidden = following
  },
)

let problem = ''
let frameAsked = false

function show(): void {
  frameAsked = false
  const { state } = client
  conversation.show(state)
  showStatus(state)
  const empty = state.messages.length === 0 && state.outbox.length === 0
  byId('welcome', HTMLElement).hidden = !empty || state.session === null
  byId('memory-hint', HTMLElement).hidden = state.backend === 'redis' || state.session === null
  showEnded(state)
  showComposer()
}

function showStatus(state: ClientState): void {
  connection.dataset.state = state.connection
  const text = problem || statusOf(state)
  if (status.textContent !== text) status.textContent = text
}

function statusOf({ connection, replica, error }: ClientState): string {
  if (connection === 'online') return replica === null ? 'Connected' : `Connected to replica ${replica}`
  if (error !== null) return `${error.message}${error.retryable ? '. Trying again …' : ''}`
  if (connection === 'reconnecting') return 'Connection lost. Reconnecting …'
  if (connection === 'offline') return 'You are offline. What you write is sent when the network is back.'
  return 'Connecting …'
}

function showEnded({ ended }: ClientState): void {
  const note = byId('ended', HTMLElement)
  note.hidden = ended === null
  note.textContent = `This conversation ${ended === 'expired' ? 'has expired' : 'was cleared'}. Your next message begins a new one.`
}

function showComposer(): void {
  const { answering } = client.state
  const hadFocus = document.activeElement === sendButton || document.activeElement === stopButton
  sendButton.hidden = answering
  stopButton.hidden = !answering
  sendButton.disabled = input.value.trim() === ''
  if (hadFocus && document.activeElement === document.body) input.focus()
}

function submit(content: string): void {
  if (content.trim() === '' || client.state.answering) return
  client.send(content) // one that fails says so itself, with what can be done
  conversation.jumpToEnd()
}

/** Shows in the status line, for a while, why something did not work. */
async function attempt(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    problem = error instanceof ClientError ? error.message : String(error)
    show()
    setTimeout(() => {
      problem = ''
      show()
    }, PROBLEM_SHOWN_MS)
  }
}

composer.addEventListener('submit', (event) => {
  event.preventDefault()
  if (client.state.answering) return
  submit(input.value)
  input.value = ''
  showComposer()
})
input.addEventListener('input', showComposer)
input.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  composer.requestSubmit()
})
stopButton.addEventListener('click', () => attempt(client.stop()))
jumpButton.addEventListener('click', () => {
  conversation.jumpToEnd()
  input.focus()
})
byId('new-conversation', HTMLButtonElement).addEventListener('click', () => {
  client.newConversation()
  input.focus()
})
byId('examples', HTMLElement).addEventListener('click', ({ target }) => {
  if (!(target instanceof HTMLButtonElement)) return
  submit(target.textContent ?? '')
  input.focus()
})

client.subscribe(() => {
  // Deltas may come faster than the screen shows them.
  if (!frameAsked) requestAnimationFrame(show)
  frameAsked = true
})
if (document.documentElement.hasAttribute('data-stage')) {
  new Stage(client, byId('stage', HTMLElement), submit)
}
client.open().catch(() => {}) // why it was refused is in the state
// On a phone the keyboard would cover half of the page before anything was read.
if (matchMedia('(hover: hover)').matches) input.focus()
show()
